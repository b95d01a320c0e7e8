package io.sluice.it;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import tools.jackson.databind.json.JsonMapper;

/**
 * Gateways with limits on one Redis, and that Redis. Buckets are named by a request's header
 * {@value Surge#BUCKET}.
 */
final class LimitFleet implements AutoCloseable {

    /** Of the policies that no test empties: so long as a test takes, no token comes back. */
    static final long WIDE = 1_000_000;

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TestUpstream upstream = TestUpstream.start("up").keep(false);
    private final List<Gateway> gateways;

    private LimitFleet(int size, String redis, Duration timeout) {
        String yaml = yaml(redis, timeout);
        List<Gateway> launched =
                IntStream.range(0, size).mapToObj(i -> Gateway.launch(yaml, Map.of())).toList();
        launched.forEach(Gateway::awaitReady);
        gateways = launched;
        awaitStore("redis");
    }

    /**
     * Starts gateways and waits until Redis decides for all of them.
     *
     * @param redis what stands below {@code spring.data.redis}
     * @param timeout of a decision
     */
    static LimitFleet start(int size, String redis, Duration timeout) {
        return new LimitFleet(size, redis, timeout);
    }

    private String yaml(String redis, Duration timeout) {
        String route =
                """
                    - id: %1$s
                      uri: "%2$s"
                      predicates: [ "Path=/%1$s" ]
                      filters: [ "RateLimit=%3$s" ]
                """
                        .indent(4);
        return """
               logging.level.sluice.access: WARN
               spring:
                 data.redis: %1$s
                 cloud.gateway.server.webflux:
                   routes:
               %2$s
               sluice:
                 rate-limit-store: { timeout: %3$dms }
                 rate-limits:
                   exact: { key: "header:X-Bucket", capacity: 100, refill-tokens: 50, refill-period: 1s, on-store-failure: closed }
                   wide: { key: "header:X-Bucket", capacity: %4$d, refill-tokens: 1, refill-period: 1h }
                   wider: { key: "header:X-Bucket", capacity: %4$d, refill-tokens: 1, refill-period: 1h }
                   strict: { key: "header:X-Bucket", capacity: %4$d, refill-tokens: 1, refill-period: 1h, on-store-failure: closed }
               """
                .formatted(
                        redis,
                        route.formatted("exact", upstream.uri(), "exact")
                                + route.formatted("wide", upstream.uri(), "wide")
                                + route.formatted("both", upstream.uri(), "wide,wider")
                                + route.formatted("strict", upstream.uri(), "strict"),
                        timeout.toMillis(),
                        WIDE);
    }

    List<Gateway> gateways() {
        return gateways;
    }

    /** Waits until all of them say that this store decides. */
    void awaitStore(String store) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> gateways.stream().allMatch(gateway -> store(gateway).equals(store)));
    }

    private static String store(Gateway gateway) {
        return JSON.readTree(gateway.manage("/actuator/ratelimits").body()).get("store").asString();
    }

    LimitCounts counts(String policy) {
        return LimitCounts.of(gateways, policy);
    }

    static String key(String bucket, String policy) {
        return "ratelimit:{header:x-bucket:" + bucket + "}:" + policy;
    }

    @Override
    public void close() {
        gateways.forEach(Gateway::close);
        upstream.close();
    }
}
