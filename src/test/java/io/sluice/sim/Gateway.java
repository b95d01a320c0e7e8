package io.sluice.sim;

import io.sluice.balance.Balancer;
import io.sluice.balance.Balancers;
import io.sluice.balance.PickRequest;
import io.sluice.balance.Picker;
import io.sluice.balance.SelectionPlan;
import io.sluice.health.HealthView;
import io.sluice.health.OutlierDetector;
import io.sluice.health.OutlierSettings;
import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointHealth;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.EndpointStates;
import io.sluice.upstream.Lease;
import io.sluice.upstream.Outcome;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One gateway's view of the fleet: what {@code io.sluice.balance.spring} does around the cores, on
 * simulated time. Counts, estimates and ejections are its own.
 */
final class Gateway {

    /** As the gateway's lease filter books a failure. */
    private static final long PENALTY_NANOS = Duration.ofSeconds(5).toNanos();

    private final Scenario scenario;
    private final Events events;
    private final Balancer balancer;
    private final EndpointStates states = new EndpointStates();
    private final @Nullable OutlierDetector outliers;
    private final Map<Integer, Long> addedNanos = new TreeMap<>();
    private SelectionPlan plan;
    private Picker picker;

    Gateway(Scenario scenario, Contender contender, Events events, SplittableRandom random) {
        this.scenario = scenario;
        this.events = events;
        this.balancer = Balancers.create(contender.algorithm(), contender.settings(), random);
        this.outliers =
                scenario.outlierDetection()
                        ? new OutlierDetector(OutlierSettings.DEFAULT, (id, to) -> rebuild())
                        : null;
        for (int i = 0; i < scenario.fleet().size(); i++) {
            addedNanos.put(i, -Duration.ofHours(1).toNanos());
        }
        changed();
    }

    /** An instance has come or gone. */
    void learn(int instance, boolean there) {
        if (there) {
            addedNanos.put(instance, events.now());
        } else {
            addedNanos.remove(instance);
        }
        changed();
    }

    /** Once a second. */
    void tick() {
        if (outliers != null) {
            outliers.tick(events.now());
        }
        states.retain(ids(), events.now());
        if (plan.ramping()) {
            rebuild();
        }
    }

    /** The member for a request, its trial won if it is on one; {@code null} for none. */
    @Nullable Member pick(PickRequest request) {
        Set<String> not = new HashSet<>(request.tried());
        Member member = picker.pick(request, events.now());
        while (member != null && outliers != null && !plan.panicking()) {
            if (outliers.mayTry(member.state().id(), events.now())) {
                return member;
            }
            not.add(member.state().id());
            member = picker.pick(request.withTried(Set.copyOf(not)), events.now());
        }
        return member;
    }

    void ended(Lease lease, Outcome outcome) {
        long now = events.now();
        if (!outcome.failure()) {
            lease.responseStarted(now);
        }
        lease.release(outcome, now, outcome.failure() ? PENALTY_NANOS : 0);
        if (outliers != null) {
            outliers.onOutcome(lease.state().id(), outcome, now);
        }
    }

    /** Requests in flight by this gateway's count. */
    long inFlight() {
        return states.total().get();
    }

    static int instance(Member member) {
        return member.endpoint().port() - 1;
    }

    private void changed() {
        if (outliers != null) {
            outliers.endpoints(ids(), events.now());
        }
        rebuild();
    }

    private Set<String> ids() {
        return addedNanos.keySet().stream().map(i -> endpoint(i).id()).collect(Collectors.toSet());
    }

    private void rebuild() {
        plan =
                SelectionPlan.plan(
                        addedNanos.keySet().stream().map(this::endpoint).toList(),
                        states::state,
                        this::health,
                        scenario.selection(),
                        events.now());
        picker = plan.picker(balancer, balancer);
    }

    private EndpointHealth health(String id) {
        int instance = Integer.parseInt(id.substring(id.indexOf(':') + 1)) - 1;
        HealthView view =
                HealthView.of(
                        addedNanos.get(instance),
                        null,
                        outliers == null ? null : outliers.status(id));
        return new EndpointHealth(view.usable(), view.sinceNanos());
    }

    private Endpoint endpoint(int instance) {
        int weight = scenario.fleet().get(instance).weight();
        return new Endpoint("http", "10.0.0.1", instance + 1, weight, null, Map.of());
    }
}
