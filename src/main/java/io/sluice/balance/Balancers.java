package io.sluice.balance;

import java.util.random.RandomGenerator;

/** Makes balancers, one for each upstream. */
public final class Balancers {

    private Balancers() {}

    /**
     * @param random used by all requests at once, so it must be safe for threads: in production
     *     {@code () -> ThreadLocalRandom.current().nextLong()}
     */
    public static Balancer create(
            Algorithm algorithm, BalancerSettings settings, RandomGenerator random) {
        return switch (algorithm) {
            case ROUND_ROBIN -> new RoundRobin(random);
            case WEIGHTED_ROUND_ROBIN -> new WeightedRoundRobin(random);
            case LEAST_CONNECTIONS -> new LeastConnections(random);
            case IP_HASH -> new IpHash(settings.virtualNodes(), random);
            case LEAST_RESPONSE_TIME -> new LeastResponseTime(random);
            case CONSISTENT_HASHING -> new ConsistentHashing(settings, random);
        };
    }
}
