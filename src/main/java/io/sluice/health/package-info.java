/**
 * Which endpoints of an upstream may get new requests, from two witnesses.
 *
 * <p><b>Passive.</b> {@link io.sluice.health.OutlierDetector} watches the outcomes of real requests
 * and ejects an endpoint after some failures in a row, for a time that doubles with each ejection.
 * When the time is over, one request tries the endpoint; its success brings the endpoint back:
 *
 * <pre>
 * IN_SERVICE --failures in a row--> EJECTED --time is over--> TRIAL_OPEN --one pick--> TRIAL_OUT
 *     ^_____________________________success__________________________________________|  |
 *                                   EJECTED (for longer) &lt;------- failure -------------|
 * </pre>
 *
 * <p><b>Active.</b> {@link io.sluice.health.ProbeState} folds the results of health checks into
 * healthy or unhealthy, by the thresholds of {@link io.sluice.health.HealthCheckSettings}. An
 * endpoint that was never probed counts as healthy.
 *
 * <p>{@link io.sluice.health.HealthView} joins the two: usable, since when, and why. Neither ever
 * decides alone that nothing is left: the detector leaves a part of the upstream in service, and
 * balancing has a panic threshold.
 *
 * <p>An outcome costs the request path a map lookup and an atomic counter, no lock.
 */
@NullMarked
package io.sluice.health;

import org.jspecify.annotations.NullMarked;
