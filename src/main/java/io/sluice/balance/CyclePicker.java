package io.sluice.balance;

import io.sluice.upstream.EndpointSet.Member;
import org.jspecify.annotations.Nullable;

/**
 * Walks a fixed cycle of members with one atomic turn: O(1), exact over whole cycles because an
 * atomic addition gives every pick a turn of its own.
 */
final class CyclePicker implements Picker {

    /** Turns that a retry uses up to find an untried member before it looks ahead without them. */
    private static final int TURNS_FOR_RETRY = 4;

    private final Member[] members;
    private final char @Nullable [] cycle;
    private final int length;
    private final Turn turn;

    /** Members in their order. */
    CyclePicker(Member[] members, Turn turn) {
        this.members = members;
        this.cycle = null;
        this.length = members.length;
        this.turn = turn;
    }

    /**
     * @param cycle indices into {@code members}, all of them named
     */
    CyclePicker(Member[] members, char[] cycle, Turn turn) {
        this.members = members;
        this.cycle = cycle;
        this.length = cycle.length;
        this.turn = turn;
    }

    @Override
    public @Nullable Member pick(PickRequest request, long nowNanos) {
        if (length == 0) {
            return null;
        }
        int at = 0;
        /* A retry takes turns of its own: were it to go to the failing member's neighbour, that one would bear double. */
        for (int i = 0; i < TURNS_FOR_RETRY; i++) {
            at = (int) ((turn.next() & Long.MAX_VALUE) % length);
            Member member = at(at);
            if (request.mayUse(member.state())) {
                return member;
            }
        }
        return lookAhead(at, request);
    }

    private @Nullable Member lookAhead(int from, PickRequest request) {
        for (int i = 1; i < length; i++) {
            Member member = at((int) (((long) from + i) % length));
            if (request.mayUse(member.state())) {
                return member;
            }
        }
        return null;
    }

    private Member at(int position) {
        return members[cycle == null ? position : cycle[position]];
    }
}
