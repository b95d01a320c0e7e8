/**
 * A seeded discrete-event simulator that drives the real balancers, leases and outlier detector
 * against simulated instances. {@link io.sluice.sim.BalancingSimulation} writes the figures of
 * {@code docs/balancing.md}; {@link io.sluice.sim.BalancingSimulationTest} holds the goals.
 *
 * <p>A {@link io.sluice.sim.Scenario} says what arrives and what the {@link io.sluice.sim.Instance
 * instances} do; a {@link io.sluice.sim.Contender} is an algorithm with its settings; {@link
 * io.sluice.sim.Simulation} lets the {@link io.sluice.sim.Gateway gateways} pick for every arrival.
 * Arrivals, keys and the work of each request come from the seed alone, so all contenders face the
 * same traffic. Time is simulated: nothing waits, and a seed gives the same figures on any machine.
 */
@NullMarked
package io.sluice.sim;

import org.jspecify.annotations.NullMarked;
