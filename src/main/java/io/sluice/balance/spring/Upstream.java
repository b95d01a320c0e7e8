package io.sluice.balance.spring;

import io.sluice.balance.Balancer;
import io.sluice.balance.Balancers;
import io.sluice.balance.PickRequest;
import io.sluice.balance.Picker;
import io.sluice.balance.SelectionPlan;
import io.sluice.balance.SelectionSettings;
import io.sluice.health.HealthView;
import io.sluice.health.OutlierDetector;
import io.sluice.health.OutlierSettings;
import io.sluice.health.OutlierStatus;
import io.sluice.health.ProbeState;
import io.sluice.pipeline.RequestState;
import io.sluice.proxy.Timeouts;
import io.sluice.proxy.TlsSettings;
import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointHealth;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.EndpointSource;
import io.sluice.upstream.EndpointStates;
import io.sluice.upstream.Outcome;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

    /** What requests see, replaced as a whole. */
    private record Snapshot(SelectionPlan plan, Picker picker) {}

    private final UpstreamSettings settings;
    private final SelectionSettings selection;
    private final Balancer forZone;
    private final Balancer forAll;
    private final EndpointStates states;
    private final Latest latest;
    private final Retries retries;
    private final @Nullable OutlierDetector outliers;
    private final Control control;
    private final UpstreamMeters meters;
    private final AtomicBoolean rebuildAsked = new AtomicBoolean();
    private final Sinks.Empty<Void> firstAnswer = Sinks.empty();
    private volatile boolean answered;
    private volatile @Nullable EndpointSource source;
    private volatile Snapshot snapshot;

    // The control thread's own: nobody else reads or writes these.
    private List<Endpoint> endpoints = List.of();
    private Map<String, Long> addedNanos = Map.of();
    private Map<String, ProbeState> probes = Map.of();

    Upstream(
            UpstreamSettings settings,
            @Nullable String zone,
            Control control,
            UpstreamMeters meters) {
        this.settings = settings;
        this.selection =
                new SelectionSettings(settings.slowStart(), settings.panicThreshold(), zone);
        this.forZone = choice(settings, control);
        this.forAll = choice(settings, control);
        this.control = control;
        this.meters = meters;
        this.states = new EndpointStates();
        this.latest = new Latest();
        this.latest.upstream = this;
        this.retries = new Retries(settings, control, meters);
        this.outliers =
                settings.outlier() == null
                        ? null
                        : new OutlierDetector(settings.outlier(), latest::ejected);
        this.snapshot = built();
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
        boolean sameChoice =
                settings.algorithm() == before.algorithm()
                        && settings.balancer().equals(before.balancer());
        this.settings = settings;
        this.selection =
                new SelectionSettings(settings.slowStart(), settings.panicThreshold(), zone);
        this.control = former.control;
        this.meters = former.meters;
        this.forZone = sameChoice ? former.forZone : choice(settings, control);
        this.forAll = sameChoice ? former.forAll : choice(settings, control);
        this.states = former.states;
        this.latest = former.latest;
        this.retries =
                settings.retry().equals(before.retry())
                                && settings.budgetPercent() == before.budgetPercent()
                        ? former.retries
                        : new Retries(settings, control, meters);
        this.outliers = successor(former.outliers, before, settings, latest);
        this.endpoints = sameEndpoints ? former.endpoints : List.of();
        this.addedNanos = former.addedNanos;
        this.probes = settings.healthCheck() == null ? Map.of() : former.probes;
        this.answered = sameEndpoints && former.answered;
        this.source = former.source;
        this.snapshot = built();
    }

    private static Balancer choice(UpstreamSettings settings, Control control) {
        return Balancers.create(settings.algorithm(), settings.balancer(), control.random());
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
            outliers.endpoints(addedNanos.keySet(), control.now());
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
        Picker picker = snapshot.picker();
        Member member = picker.pick(request, nowNanos);
        if (member == null
                || outliers == null
                || outliers.ejected() == 0
                || !onTrial(outliers, member)) {
            return member;
        }
        return admitted(outliers, member)
                ? member
                : elsewhere(outliers, picker, request, member, nowNanos);
    }

    private boolean onTrial(OutlierDetector detector, Member member) {
        OutlierStatus status = detector.status(member.state().id());
        return status != null && status.phase() != OutlierStatus.Phase.IN_SERVICE;
    }

    private boolean admitted(OutlierDetector detector, Member member) {
        return snapshot.plan().panicking() || detector.mayTry(member.state().id(), control.now());
    }

    /** Rare: another request has the trial of the picked endpoint, so a further one is picked. */
    private @Nullable Member elsewhere(
            OutlierDetector detector,
            Picker picker,
            PickRequest request,
            Member first,
            long nowNanos) {
        Set<String> not = new HashSet<>(request.tried());
        Member member = first;
        while (member != null) {
            not.add(member.state().id());
            member = picker.pick(request.withTried(not), nowNanos);
            if (member != null && (!onTrial(detector, member) || admitted(detector, member))) {
                return member;
            }
        }
        return null;
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
                    long now = control.now();
                    Map<String, Long> added = new HashMap<>();
                    for (Endpoint endpoint : found) {
                        added.put(endpoint.id(), addedNanos.getOrDefault(endpoint.id(), now));
                    }
                    endpoints = List.copyOf(found);
                    addedNanos = added;
                    if (outliers != null && latest.upstream == this) {
                        outliers.endpoints(added.keySet(), now);
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
                    Map<String, ProbeState> next = new HashMap<>(probes);
                    ProbeState before = next.put(endpointId, state);
                    next.keySet().retainAll(addedNanos.keySet());
                    probes = next;
                    if (before == null || before.usable() != state.usable()) {
                        rebuild();
                    }
                });
    }

    /** Once a second: ends ejections, lets weights climb, forgets what is gone. */
    void tick() {
        if (outliers != null) {
            outliers.tick(control.now());
        }
        states.retain(addedNanos.keySet(), control.now());
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
        snapshot = built();
        if (latest.upstream != this) {
            return;
        }
        meters.instances(addedNanos.keySet(), states::state);
        Map<String, Integer> counts = new HashMap<>();
        for (Endpoint endpoint : endpoints) {
            String state = UpstreamStatus.state(endpoint.weight(), health(endpoint.id()).usable());
            counts.merge(state, 1, Integer::sum);
        }
        meters.states(counts);
    }

    private Snapshot built() {
        SelectionPlan plan =
                SelectionPlan.plan(
                        endpoints,
                        states::state,
                        id -> {
                            HealthView view = health(id);
                            return new EndpointHealth(view.usable(), view.sinceNanos());
                        },
                        selection,
                        control.now());
        return new Snapshot(plan, plan.picker(forZone, forAll));
    }

    private HealthView health(String id) {
        long added = addedNanos.getOrDefault(id, control.now());
        return HealthView.of(added, probes.get(id), outlierStatus(id));
    }

    private @Nullable OutlierStatus outlierStatus(String id) {
        return outliers == null ? null : outliers.status(id);
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

    /** How it stands now; computed on the control thread and handed over. */
    UpstreamStatus status() {
        return control.call(
                () -> {
                    SelectionPlan plan = snapshot.plan();
                    long now = control.now();
                    return new UpstreamStatus(
                            settings.id(),
                            settings.algorithm().settingName(),
                            UpstreamStatus.Source.of(source),
                            plan.panicking(),
                            plan.zoneLocal(),
                            plan.all().members().stream()
                                    .map(member -> shown(member, plan, now))
                                    .toList());
                });
    }

    private UpstreamStatus.Instance shown(Member member, SelectionPlan plan, long nowNanos) {
        String id = member.state().id();
        return UpstreamStatus.Instance.of(
                member,
                settings.algorithm(),
                plan.all().weightScale(),
                health(id),
                outlierStatus(id),
                nowNanos);
    }
}
