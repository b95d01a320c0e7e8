package io.sluice.balance;

import io.sluice.upstream.EndpointSet.Member;
import org.jspecify.annotations.Nullable;

/**
 * Static stride: goes round the members and skips each so often that it is taken in proportion to
 * its weight. One atomic addition per look, as many looks per pick as the heaviest weight is above
 * the mean; shares are right to 1/65535 of the heaviest. Memory does not grow with the weights.
 *
 * <p>Source: gRPC proposal A58, client-side weighted round robin.
 */
final class StridePicker implements Picker {

    private static final int MAX_WEIGHT = 0xFFFF;

    private final Member[] members;
    private final char[] weights;
    private final Turn turn;

    /**
     * @param weights positive, one for each member
     */
    StridePicker(Member[] members, int[] weights, Turn turn) {
        this.members = members;
        this.weights = scaled(weights);
        this.turn = turn;
    }

    @Override
    public @Nullable Member pick(PickRequest request, long nowNanos) {
        /* The heaviest member is never skipped, so a round finds one; a second round is for retries. */
        for (int looks = 0; looks < 2 * members.length; looks++) {
            long now = turn.next() & Long.MAX_VALUE;
            int at = (int) (now % members.length);
            if (chosen(at, now / members.length) && request.mayUse(members[at].state())) {
                return members[at];
            }
        }
        for (Member member : members) {
            if (request.mayUse(member.state())) {
                return member;
            }
        }
        return null;
    }

    /**
     * Whether a member is taken in a round: its weight, added up round by round from a start that
     * sets neighbours half a range apart, passes a multiple of the range.
     */
    private boolean chosen(int at, long round) {
        int weight = weights[at];
        long start = (long) at * (MAX_WEIGHT / 2);
        return (weight * (round % MAX_WEIGHT) + start) % MAX_WEIGHT >= MAX_WEIGHT - weight;
    }

    private static char[] scaled(int[] weights) {
        int heaviest = 1;
        for (int weight : weights) {
            heaviest = Math.max(heaviest, weight);
        }
        char[] scaled = new char[weights.length];
        for (int i = 0; i < weights.length; i++) {
            scaled[i] = (char) Math.max(1, Math.round((double) weights[i] * MAX_WEIGHT / heaviest));
        }
        return scaled;
    }
}
