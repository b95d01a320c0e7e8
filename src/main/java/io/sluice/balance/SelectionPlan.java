package io.sluice.balance;

import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointHealth;
import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.EndpointState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who may be picked now and with what weight: health, panic threshold, slow start and zone put
 * together. A pure function of its arguments; the writer calls it on every change and, while {@link
 * #ramping}, now and then as time goes by.
 *
 * @param preferred what picks go to first
 * @param all what a retry goes to when nothing is left of {@code preferred}; the same set unless
 *     traffic is kept to one zone
 * @param ramping whether a weight is still climbing, so that a later plan differs by time alone
 * @param panicking whether unusable endpoints are used because too few are left
 * @param zoneLocal whether traffic is kept to the gateway's own zone
 */
public record SelectionPlan(
        EndpointSet preferred,
        EndpointSet all,
        boolean ramping,
        boolean panicking,
        boolean zoneLocal) {

    /**
     * @param states the state of an endpoint id, such as {@link
     *     io.sluice.upstream.EndpointStates#state}
     * @param health the health of an endpoint id
     * @param nowNanos by the clock of {@link EndpointHealth#usableSinceNanos}
     */
    public static SelectionPlan plan(
            List<Endpoint> endpoints,
            Function<String, EndpointState> states,
            Function<String, EndpointHealth> health,
            SelectionSettings settings,
            long nowNanos) {
        SlowStart slowStart = new SlowStart(settings.slowStart().toNanos());
        List<Candidate> candidates = new ArrayList<>(endpoints.size());
        for (Endpoint endpoint : endpoints) {
            String id = endpoint.id();
            EndpointHealth healthNow = health.apply(id);
            candidates.add(
                    new Candidate(
                            endpoint,
                            states.apply(id),
                            healthNow.usable(),
                            slowStart.percent(healthNow, nowNanos)));
        }
        boolean ramping = candidates.stream().anyMatch(Candidate::ramping);
        boolean panicking = panicking(candidates, settings);
        List<Member> members = candidates.stream().map(c -> c.member(ramping, panicking)).toList();
        int scale = ramping ? SlowStart.WEIGHT_SCALE : 1;
        EndpointSet all = EndpointSet.of(members, scale);
        ZonePreference zone = new ZonePreference(settings.zone());
        boolean zoneLocal = !panicking && zone.staysLocal(all.members());
        EndpointSet preferred =
                zoneLocal ? EndpointSet.of(onlyLocal(all.members(), zone), scale) : all;
        return new SelectionPlan(preferred, all, ramping, panicking, zoneLocal);
    }

    /**
     * The picker for this plan: the own zone's endpoints first while the plan stays there, all when
     * a request has tried those.
     *
     * @param forZone keeps the turns, or the ring, of the own zone: shared with those of all, a
     *     request that leaves its zone would always be a fixed number of turns on, and reach some
     *     endpoints never
     */
    public Picker picker(Balancer forZone, Balancer forAll) {
        Picker ofAll = forAll.picker(all);
        if (!zoneLocal) {
            return ofAll;
        }
        return new ZoneFirst(forZone.picker(preferred), ofAll);
    }

    private record ZoneFirst(Picker ofZone, Picker ofAll) implements Picker {

        @Override
        public @Nullable Member pick(PickRequest request, long nowNanos) {
            Member member = ofZone.pick(request, nowNanos);
            return member != null ? member : ofAll.pick(request, nowNanos);
        }

        @Override
        public @Nullable RingShape ring(int sectors) {
            return ofZone.ring(sectors);
        }
    }

    private record Candidate(Endpoint endpoint, EndpointState state, boolean usable, int percent) {

        boolean ramping() {
            return percent < 100 && endpoint.weight() > 0;
        }

        Member member(boolean scaled, boolean panicking) {
            int weight = endpoint.weight();
            return new Member(
                    endpoint,
                    state,
                    scaled ? SlowStart.scaled(weight, percent) : weight,
                    usable || panicking);
        }
    }

    private static boolean panicking(List<Candidate> candidates, SelectionSettings settings) {
        List<Candidate> undrained =
                candidates.stream().filter(c -> c.endpoint().weight() > 0).toList();
        List<Candidate> counted = undrained.isEmpty() ? candidates : undrained;
        int usable = (int) counted.stream().filter(Candidate::usable).count();
        return new PanicThreshold(settings.panicPercent()).reached(usable, counted.size());
    }

    private static List<Member> onlyLocal(List<Member> members, ZonePreference zone) {
        return members.stream()
                .map(
                        m ->
                                new Member(
                                        m.endpoint(),
                                        m.state(),
                                        m.weight(),
                                        m.usable() && zone.local(m)))
                .toList();
    }
}
