package io.sluice.balance;

import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.EndpointState;
import io.sluice.upstream.EndpointStates;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Endpoints of a test with a clock that stands until it is moved. */
final class Fleet {

    final EndpointStates states = new EndpointStates();

    /** Where the clock stands at first, in nanoseconds. */
    static final long START_NANOS = 5_000_000_000L;

    final AtomicLong now = new AtomicLong(START_NANOS);

    /** {@code n} usable endpoints of weight 1. */
    EndpointSet equal(int n) {
        return weighted(IntStream.range(0, n).map(i -> 1).toArray());
    }

    /** Usable endpoints with these weights. */
    EndpointSet weighted(int... weights) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            members.add(member(i, weights[i], true));
        }
        return EndpointSet.of(members);
    }

    Member member(int i, int weight, boolean usable) {
        Endpoint endpoint = endpoint(i, weight);
        return new Member(endpoint, states.state(endpoint.id()), weight, usable);
    }

    EndpointState state(int i) {
        return states.state(id(i));
    }

    static Endpoint endpoint(int i, int weight) {
        return new Endpoint("http", host(i), 8080, weight, null, Map.of());
    }

    static String id(int i) {
        return host(i) + ":8080";
    }

    /** Zero-padded, so that ids sort as their numbers do. */
    private static String host(int i) {
        return "node-" + String.valueOf(100_000 + i).substring(1);
    }

    /** The set without the endpoints of these numbers. */
    static EndpointSet without(EndpointSet set, int... numbers) {
        return EndpointSet.of(set.members().stream().filter(m -> !contains(numbers, m)).toList());
    }

    /** The set with the endpoints of these numbers unusable. */
    static EndpointSet down(EndpointSet set, int... numbers) {
        return EndpointSet.of(
                set.members().stream()
                        .map(
                                m ->
                                        contains(numbers, m)
                                                ? new Member(
                                                        m.endpoint(), m.state(), m.weight(), false)
                                                : m)
                        .toList());
    }

    private static boolean contains(int[] numbers, Member member) {
        return IntStream.of(numbers).anyMatch(i -> id(i).equals(member.state().id()));
    }

    Balancer balancer(Algorithm algorithm, long seed) {
        return balancer(algorithm, BalancerSettings.DEFAULTS, seed);
    }

    Balancer balancer(Algorithm algorithm, BalancerSettings settings, long seed) {
        return Balancers.create(algorithm, settings, new SplittableRandom(seed));
    }

    /** How often each id is picked at the clock's start, without taking leases. */
    static Map<String, Integer> counts(Picker picker, int picks) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < picks; i++) {
            counts.merge(picker.pick(key(i), START_NANOS).state().id(), 1, Integer::sum);
        }
        return counts;
    }

    static PickRequest key(long i) {
        return PickRequest.keyed(HashKeys.of("key-" + i));
    }
}
