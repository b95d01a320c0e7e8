package io.sluice.balance;

import io.sluice.upstream.EndpointSet.Member;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether traffic can stay in the gateway's own zone. It does while at least {@value
 * #ENOUGH_PERCENT} percent of the zone's weight is usable; with less it goes to all zones alike,
 * for what is left of the zone would have to carry the whole of it. Envoy's overprovisioning factor
 * of 1.4 says the same.
 *
 * @param own the gateway's zone, or {@code null} for no preference
 */
record ZonePreference(@Nullable String own) {

    private static final int ENOUGH_PERCENT = 70;

    /** Whether picks may be kept to {@link #local} members. */
    boolean staysLocal(List<Member> members) {
        if (own == null) {
            return false;
        }
        long all = 0;
        long usable = 0;
        for (Member member : members) {
            if (local(member)) {
                all += member.weight();
                usable += member.usable() ? member.weight() : 0;
            }
        }
        return usable > 0 && usable * 100 >= all * ENOUGH_PERCENT;
    }

    boolean local(Member member) {
        return Objects.equals(own, member.endpoint().zone());
    }
}
