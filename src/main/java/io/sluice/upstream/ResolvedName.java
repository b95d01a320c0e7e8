package io.sluice.upstream;

import io.sluice.upstream.DnsAnswer.Absent;
import io.sluice.upstream.DnsAnswer.Failed;
import io.sluice.upstream.DnsAnswer.Found;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The endpoints behind a DNS name, from one round of answers to the next. Not thread-safe: one
 * writer.
 *
 * <p>Both families are asked in each round. A family that fails keeps its last addresses. A name
 * that had addresses and now has none loses them only when name servers have said so {@value
 * #SURE_AFTER} times in a row, as a name server that has just started, or one that lags behind,
 * says so too; a failure in between starts the count again.
 */
public final class ResolvedName {

    /** Answers without an address, in a row, that are believed. */
    public static final int SURE_AFTER = 3;

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

    /** How the name stands after a round. */
    public enum State {
        /** Addresses were found. */
        ANSWERING,
        /** Addresses of one family were found; the other failed and keeps its last ones. */
        HALF,
        /** No usable answer; the last addresses stay. */
        FAILING,
        /** No address, but not often enough to believe it; the last addresses stay. */
        DOUBTED,
        /** No address, and that is sure. */
        GONE
    }

    /**
     * What a round came to.
     *
     * @param endpoints the whole set to use now, in the order of the addresses
     * @param changed whether the state differs from that of the round before; true for the first
     * @param detail why it failed; empty when nothing did
     * @param pause time until the next round: the refresh, or the time to live when that is shorter
     */
    public record Round(
            List<Endpoint> endpoints,
            State state,
            boolean changed,
            String detail,
            Duration pause) {}

    private final String scheme;
    private final int port;
    private final Duration refresh;
    private final Duration floor;

    private List<String> ipv4 = List.of();
    private List<String> ipv6 = List.of();
    private int absences;
    private boolean first = true;
    private State state = State.GONE;

    /**
     * @param scheme {@code http} or {@code https}
     * @param port of every endpoint
     * @param refresh longest pause between two rounds; a time to live under a second counts as one
     *     second, or as the refresh when that is shorter still
     */
    public ResolvedName(String scheme, int port, Duration refresh) {
        this.scheme = scheme;
        this.port = port;
        this.refresh = refresh;
        this.floor = shorter(refresh, SHORTEST_PAUSE);
    }

    /** Takes the answers of one round: that to A and that to AAAA. */
    public Round answered(DnsAnswer a, DnsAnswer aaaa) {
        boolean found = a instanceof Found || aaaa instanceof Found;
        boolean failed = a instanceof Failed || aaaa instanceof Failed;
        State next =
                found ? (failed ? State.HALF : State.ANSWERING) : failed ? State.FAILING : absent();
        if (next != State.DOUBTED && next != State.GONE) {
            absences = 0;
        }
        if (found) {
            ipv4 = addresses(a, ipv4);
            ipv6 = addresses(aaaa, ipv6);
        } else if (next == State.GONE) {
            ipv4 = List.of();
            ipv6 = List.of();
        }
        boolean changed = first || next != state;
        first = false;
        state = next;
        return new Round(endpoints(), next, changed, detail(a, aaaa), pause(a, aaaa));
    }

    private State absent() {
        absences++;
        boolean nothingToLose = ipv4.isEmpty() && ipv6.isEmpty();
        return nothingToLose || absences >= SURE_AFTER ? State.GONE : State.DOUBTED;
    }

    private static List<String> addresses(DnsAnswer answer, List<String> last) {
        if (answer instanceof Found found) {
            return found.addresses();
        }
        return answer instanceof Absent ? List.of() : last;
    }

    private List<Endpoint> endpoints() {
        return Stream.concat(ipv4.stream(), ipv6.stream())
                .distinct()
                .map(address -> new Endpoint(scheme, address, port, 1, null, Map.of()))
                .toList();
    }

    private static String detail(DnsAnswer a, DnsAnswer aaaa) {
        TreeSet<String> reasons = new TreeSet<>();
        for (DnsAnswer answer : List.of(a, aaaa)) {
            if (answer instanceof Failed failed) {
                reasons.add(failed.reason());
            }
        }
        return String.join("; ", reasons);
    }

    private Duration pause(DnsAnswer a, DnsAnswer aaaa) {
        Duration pause = refresh;
        for (DnsAnswer answer : List.of(a, aaaa)) {
            if (answer instanceof Found found) {
                pause = shorter(pause, found.ttl());
            }
        }
        return pause.compareTo(floor) < 0 ? floor : pause;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
