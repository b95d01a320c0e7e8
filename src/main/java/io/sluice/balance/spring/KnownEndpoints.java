package io.sluice.balance.spring;

import io.sluice.balance.Balancer;
import io.sluice.balance.Balancers;
import io.sluice.balance.Picker;
import io.sluice.balance.SelectionPlan;
import io.sluice.balance.SelectionSettings;
import io.sluice.health.HealthView;
import io.sluice.health.OutlierDetector;
import io.sluice.health.OutlierStatus;
import io.sluice.health.ProbeState;
import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointHealth;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.EndpointState;
import io.sluice.upstream.EndpointStates;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of one upstream, what its source, probes and outlier detection say of each, and the
 * choice that follows from it. For the control thread only.
 */
final class KnownEndpoints {

    /** What requests see, replaced as a whole. */
    record Snapshot(SelectionPlan plan, Picker picker) {}

    private final UpstreamSettings settings;
    private final SelectionSettings selection;
    private final Balancer forZone;
    private final Balancer forAll;
    private final EndpointStates states;
    private final @Nullable OutlierDetector outliers;
    private final Control control;

    private List<Endpoint> endpoints = List.of();
    private Map<String, Long> addedNanos = Map.of();
    private Map<String, ProbeState> probes = Map.of();

    KnownEndpoints(
            UpstreamSettings settings,
            @Nullable String zone,
            @Nullable OutlierDetector outliers,
            Control control) {
        this.settings = settings;
        this.selection = selection(settings, zone);
        this.forZone = choice(settings, control);
        this.forAll = choice(settings, control);
        this.states = new EndpointStates();
        this.outliers = outliers;
        this.control = control;
    }

    /**
     * The same under other settings. Counts and estimates are one for both.
     *
     * @param sameEndpoints whether they are the former's, until the source says otherwise
     */
    KnownEndpoints(
            KnownEndpoints former,
            UpstreamSettings settings,
            @Nullable String zone,
            @Nullable OutlierDetector outliers,
            boolean sameEndpoints) {
        boolean sameChoice =
                settings.algorithm() == former.settings.algorithm()
                        && settings.balancer().equals(former.settings.balancer());
        this.settings = settings;
        this.selection = selection(settings, zone);
        this.control = former.control;
        this.forZone = sameChoice ? former.forZone : choice(settings, control);
        this.forAll = sameChoice ? former.forAll : choice(settings, control);
        this.states = former.states;
        this.outliers = outliers;
        this.endpoints = sameEndpoints ? former.endpoints : List.of();
        this.addedNanos = former.addedNanos;
        this.probes = settings.healthCheck() == null ? Map.of() : former.probes;
    }

    private static SelectionSettings selection(UpstreamSettings settings, @Nullable String zone) {
        return new SelectionSettings(settings.slowStart(), settings.panicThreshold(), zone);
    }

    private static Balancer choice(UpstreamSettings settings, Control control) {
        return Balancers.create(settings.algorithm(), settings.balancer(), control.random());
    }

    Set<String> ids() {
        return addedNanos.keySet();
    }

    EndpointState state(String id) {
        return states.state(id);
    }

    /** The source's whole answer. */
    void found(List<Endpoint> all) {
        long now = control.now();
        Map<String, Long> added = new HashMap<>();
        for (Endpoint endpoint : all) {
            added.put(endpoint.id(), addedNanos.getOrDefault(endpoint.id(), now));
        }
        endpoints = List.copyOf(all);
        addedNanos = added;
    }

    /** What the probes found of an endpoint; {@code true} where that changes the choice. */
    boolean probed(String endpointId, ProbeState state) {
        Map<String, ProbeState> next = new HashMap<>(probes);
        ProbeState before = next.put(endpointId, state);
        next.keySet().retainAll(addedNanos.keySet());
        probes = next;
        return before == null || before.usable() != state.usable();
    }

    void forgetGone() {
        states.retain(addedNanos.keySet(), control.now());
    }

    Snapshot snapshot() {
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

    /** How many endpoints are in each state. */
    Map<String, Integer> counts() {
        Map<String, Integer> counts = new HashMap<>();
        for (Endpoint endpoint : endpoints) {
            String state = UpstreamStatus.state(endpoint.weight(), health(endpoint.id()).usable());
            counts.merge(state, 1, Integer::sum);
        }
        return counts;
    }

    /** For display. */
    List<UpstreamStatus.Instance> shown(SelectionPlan plan) {
        long now = control.now();
        return plan.all().members().stream().map(member -> shown(member, plan, now)).toList();
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
