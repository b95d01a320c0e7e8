package io.sluice.balance.spring;

import io.sluice.balance.PickRequest;
import io.sluice.balance.RingShape;
import io.sluice.balance.SelectionPlan;
import io.sluice.health.OutlierDetector;
import io.sluice.health.OutlierSettings;
import io.sluice.health.OutlierStatus;
import io.sluice.health.ProbeState;
import io.sluice.pipeline.RequestState;
import io.sluice.proxy.Timeouts;
import io.sluice.proxy.TlsSettings;
import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.EndpointSource;
import io.sluice.upstream.Outcome;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One upstream at run time. Requests read one volatile snapshot and shared counters; everything
 * that changes the snapshot runs on the control thread, one change after the other.
 */
final class Upstream {

    private final UpstreamSettings settings;
    private final KnownEndpoints known;
    private final Latest latest;
    private final Retries retries;
    private final @Nullable OutlierDetector outliers;
    private final @Nullable Trials trials;
    private final Control control;
    private final UpstreamMeters meters;
    private final AtomicBoolean rebuildAsked = new AtomicBoolean();
    private final Sinks.Empty<Void> firstAnswer = Sinks.empty();
    private volatile boolean answered;
    private volatile @Nullable EndpointSource source;
    private volatile KnownEndpoints.Snapshot snapshot;

    Upstream(
            UpstreamSettings settings,
            @Nullable String zone,
            Control control,
            UpstreamMeters meters) {
        this.settings = settings;
        this.control = control;
        this.meters = meters;
        this.latest = new Latest();
        this.latest.upstream = this;
        this.retries = new Retries(settings, control, meters);
        this.outliers =
                settings.outlier() == null
                        ? null
                        : new OutlierDetector(settings.outlier(), latest::ejected);
        this.trials = outliers == null ? null : new Trials(outliers, control);
        this.known = new KnownEndpoints(settings, zone, outliers, control);
        this.snapshot = known.snapshot();
    }

    /**
     * The same upstream under other settings, beside the one that serves. Counts, estimates and
     * ejections are one for both; what requests see of the former is not touched. On the control
     * thread.
     *
     * @param sameEndpoints whether its endpoints are the former's, until its source says otherwise
     */
    Upstream(
            Upstream former,
            UpstreamSettings settings,
            @Nullable String zone,
            boolean sameEndpoints) {
        UpstreamSettings before = former.settings;
        this.settings = settings;
        this.control = former.control;
        this.meters = former.meters;
        this.latest = former.latest;
        this.retries =
                settings.retry().equals(before.retry())
                                && settings.budgetPercent() == before.budgetPercent()
                        ? former.retries
                        : new Retries(settings, control, meters);
        this.outliers = successor(former.outliers, before, settings, latest);
        this.trials = outliers == null ? null : new Trials(outliers, control);
        this.known = new KnownEndpoints(former.known, settings, zone, outliers, sameEndpoints);
        this.answered = sameEndpoints && former.answered;
        this.source = former.source;
        this.snapshot = known.snapshot();
    }

    private static @Nullable OutlierDetector successor(
            @Nullable OutlierDetector former,
            UpstreamSettings before,
            UpstreamSettings settings,
            Latest latest) {
        OutlierSettings outlier = settings.outlier();
        if (outlier == null) {
            return null;
        }
        if (former == null) {
            return new OutlierDetector(outlier, latest::ejected);
        }
        return outlier.equals(before.outlier())
                ? former
                : new OutlierDetector(outlier, latest::ejected, former);
    }

    /** Which of several under one id is in use: the one that ejections and meters are of. */
    private static final class Latest {

        private volatile @Nullable Upstream upstream;

        void ejected(String id, OutlierStatus status) {
            Upstream now = upstream;
            if (now != null) {
                now.askRebuild();
            }
        }
    }

    /** It takes the place of its former. On the control thread. */
    void takeOver() {
        latest.upstream = this;
        if (outliers != null) {
            outliers.endpoints(known.ids(), control.now());
        }
        rebuild();
    }

    // --- the request path --------------------------------------------------------------------

    String id() {
        return settings.id();
    }

    @Nullable TlsSettings tls() {
        return settings.tls();
    }

    Timeouts timeouts() {
        return settings.timeouts();
    }

    Retries retries() {
        return retries;
    }

    PickRequest pickRequest(ServerHttpRequest request, RequestState state) {
        return settings.hashKey().read(request, state);
    }

    /** The time for a pick that takes no lease; not read where the algorithm does not ask. */
    long pickNanos() {
        return settings.algorithm().readsClock() ? control.now() : 0;
    }

    /** The chosen member, or {@code null} when none is left. Its trial, if it is on one, is won. */
    @Nullable Member pick(PickRequest request, long nowNanos) {
        KnownEndpoints.Snapshot now = snapshot;
        Member member = now.picker().pick(request, nowNanos);
        return trials == null ? member : trials.admitted(now, request, member, nowNanos);
    }

    /** Whether the source has answered, so that nothing is to be waited for. */
    boolean isReady() {
        return answered;
    }

    /**
     * Completes once the source has answered for the first time, and after the connect timeout at
     * the latest; at once from then on.
     */
    Mono<Void> ready() {
        return answered
                ? Mono.empty()
                : firstAnswer.asMono().timeout(settings.timeouts().connect(), Mono.empty());
    }

    /** Whether there is an endpoint that was not tried; a quick look before a pause. */
    boolean hasOther(Set<String> tried) {
        return snapshot.plan().all().members().stream()
                .anyMatch(member -> !tried.contains(member.endpoint().id()));
    }

    /** An attempt has ended, its lease is given back. */
    void ended(String endpointId, Outcome outcome, long tookNanos, long nowNanos) {
        if (outliers != null) {
            outliers.onOutcome(endpointId, outcome, nowNanos);
        }
        meters.ended(endpointId, outcome, tookNanos);
    }

    // --- the control thread ------------------------------------------------------------------

    UpstreamSettings settings() {
        return settings;
    }

    /** Where its endpoints come from, for display. */
    void source(EndpointSource used) {
        source = used;
        meters.source(used);
    }

    /** The source's whole answer. */
    void endpoints(List<Endpoint> found) {
        control.run(
                () -> {
                    known.found(found);
                    if (outliers != null && latest.upstream == this) {
                        outliers.endpoints(known.ids(), control.now());
                    }
                    rebuild();
                    answered = true;
                    firstAnswer.tryEmitEmpty();
                });
    }

    /** What the probes found of an endpoint. */
    void probed(String endpointId, ProbeState state) {
        control.run(
                () -> {
                    if (known.probed(endpointId, state)) {
                        rebuild();
                    }
                });
    }

    /** Once a second: ends ejections, lets weights climb, forgets what is gone. */
    void tick() {
        if (outliers != null) {
            outliers.tick(control.now());
        }
        known.forgetGone();
        if (snapshot.plan().ramping()) {
            rebuild();
        }
    }

    private void askRebuild() {
        if (rebuildAsked.compareAndSet(false, true)) {
            control.run(
                    () -> {
                        rebuildAsked.set(false);
                        rebuild();
                    });
        }
    }

    private void rebuild() {
        snapshot = known.snapshot();
        if (latest.upstream == this) {
            meters.instances(known.ids(), known::state);
            meters.states(known.counts());
        }
    }

    /** Takes its meters away: it is gone, and no other takes its place. */
    void end() {
        control.run(
                () -> {
                    latest.upstream = null;
                    meters.remove();
                });
    }

    // --- for display -------------------------------------------------------------------------

    /** The endpoint that a request's key leads to now; {@code null} where it carries none. */
    @Nullable String ownerOf(PickRequest request) {
        Member member = request.keyed() ? snapshot.picker().pick(request, control.now()) : null;
        return member == null ? null : member.endpoint().id();
    }

    /** The ring that keys are looked up on, or {@code null} for algorithms without one. */
    @Nullable RingShape ring(int sectors) {
        return snapshot.picker().ring(sectors);
    }

    /** How it stands now; computed on the control thread and handed over. */
    UpstreamStatus status() {
        return control.call(
                () -> {
                    SelectionPlan plan = snapshot.plan();
                    return new UpstreamStatus(
                            settings.id(),
                            settings.algorithm().settingName(),
                            UpstreamStatus.Source.of(source),
                            plan.panicking(),
                            plan.zoneLocal(),
                            known.shown(plan));
                });
    }
}
