package io.sluice.upstream;

import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An immutable snapshot of an upstream's endpoints, one member per id, in the order of the ids, so
 * that the order of a source's list never matters.
 */
public final class EndpointSet {

    /**
     * An endpoint as this snapshot sees it.
     *
     * @param endpoint its address
     * @param state its counts, shared with every other snapshot it is in
     * @param weight its weight now: slow start included, 0 for draining
     * @param usable whether new picks may go to it; hashing algorithms keep the place of one that
     *     is not, so that its keys come back to it
     */
    public record Member(Endpoint endpoint, EndpointState state, int weight, boolean usable) {

        public Member {
            if (weight < 0) {
                throw new IllegalArgumentException("weight: " + weight + " (expected: >= 0)");
            }
        }
    }

    private final List<Member> members;
    private final int weightScale;
    private final @Nullable InFlightTotal total;

    private EndpointSet(List<Member> members, int weightScale) {
        this.members = members;
        this.weightScale = weightScale;
        this.total = sharedTotal(members);
    }

    /** Members with whole weights. Of members with the same endpoint id the first is kept. */
    public static EndpointSet of(List<Member> members) {
        return of(members, 1);
    }

    /**
     * Members whose weights are in fractions: a {@code weightScale} of 20 makes weight 20 stand for
     * one unit of an endpoint's own weight, so that 7 is a third of it.
     */
    public static EndpointSet of(Collection<Member> members, int weightScale) {
        if (weightScale < 1) {
            throw new IllegalArgumentException("weightScale: " + weightScale + " (expected: >= 1)");
        }
        TreeMap<String, Member> byId = new TreeMap<>();
        for (Member member : members) {
            byId.putIfAbsent(member.state().id(), member);
        }
        return new EndpointSet(List.copyOf(byId.values()), weightScale);
    }

    public List<Member> members() {
        return members;
    }

    public int size() {
        return members.size();
    }

    /** How much of {@link Member#weight()} stands for one unit of an endpoint's own weight. */
    public int weightScale() {
        return weightScale;
    }

    /**
     * Requests in flight at all members. One read when their states share an {@link InFlightTotal},
     * which then also counts what endpoints that have left still have in flight; else a sum.
     */
    public long inFlight() {
        if (total != null) {
            return total.get();
        }
        long sum = 0;
        for (int i = 0; i < members.size(); i++) {
            sum += members.get(i).state().inFlight();
        }
        return sum;
    }

    private static @Nullable InFlightTotal sharedTotal(List<Member> members) {
        InFlightTotal shared = null;
        for (Member member : members) {
            InFlightTotal total = member.state().total();
            if (shared != null && shared != total) {
                return null;
            }
            shared = total;
        }
        return shared;
    }
}
