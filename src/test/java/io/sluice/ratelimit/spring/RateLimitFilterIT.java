package io.sluice.ratelimit.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The filter in a gateway without Redis. */
class RateLimitFilterIT {

    private static LimitedGateway gateway;

    @BeforeAll
    static void start() {
        gateway =
                LimitedGateway.start(
                        new Routes()
                                .add("short", "RateLimit=three,all")
                                .add("named", "RateLimit", "policies", "named-a,named-b")
                                .add(
                                        "listed",
                                        "RateLimit",
                                        "policies[0]",
                                        "listed-a",
                                        "policies[1]",
                                        "listed-b")
                                .add("twice", "RateLimit=twice-a", "RateLimit=twice-b")
                                .add("dark", "RateLimit=dark")
                                .add("key", "RateLimit=by-header")
                                .add("second", "RateLimit=per-second")
                                .add("down", "RateLimit=down")
                                .add("stock", "SetResponseHeader=X-Stock, yes")
                                .to("down", "http://127.0.0.1:1")
                                .limit("three", "ip", 3)
                                .limit("all", "global", 100)
                                .limit("named-a", "ip", 2)
                                .limit("named-b", "ip", 1)
                                .limit("listed-a", "ip", 2)
                                .limit("listed-b", "ip", 1)
                                .limit("twice-a", "ip", 5)
                                .limit("twice-b", "ip", 2)
                                .limit("dark", "ip", 1)
                                .limit("by-header", "api-key", 1)
                                .limit("per-second", "ip", 1)
                                .limit("down", "ip", 5)
                                .set("sluice.rate-limits.dark.shadow=true")
                                .set("sluice.rate-limits.per-second.refill-period=1s")
                                .properties());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void filter_beyondCapacity_deniesWithHeadersAndBody() {
        for (int left = 2; left >= 0; left--) {
            HttpResponse<String> allowed = gateway.get("/short");
            assertThat(allowed.statusCode()).isEqualTo(200);
            assertThat(allowed.headers().allValues("X-RateLimit-Limit")).containsExactly("3");
            assertThat(allowed.headers().allValues("X-RateLimit-Remaining"))
                    .containsExactly("" + left);
            assertThat(allowed.headers().allValues("RateLimit")).hasSize(1);
            assertThat(allowed.headers().firstValue("RateLimit-Policy"))
                    .hasValue("\"three\";q=3;w=10800, \"all\";q=100;w=360000");
            assertThat(allowed.headers().firstValue("Retry-After")).isEmpty();
        }
        HttpResponse<String> denied = gateway.get("/short");
        assertThat(denied.statusCode()).isEqualTo(429);
        assertThat(denied.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(denied.headers().firstValue("Content-Type"))
                .hasValue("application/problem+json");
        assertThat(Integer.parseInt(denied.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(3000, 3600);
        assertThat(denied.headers().firstValue("X-RateLimit-Remaining")).hasValue("0");
        assertThat(denied.body())
                .contains("\"status\":429")
                .contains("\"title\":\"Too Many Requests\"")
                .contains("\"error\":\"Rate limit exceeded\"")
                .contains("\"policy\":\"three\"")
                .contains("\"instance\":\"/short\"");
        assertThat(gateway.count("three", "allowed")).isEqualTo(3);
        assertThat(gateway.count("three", "denied")).isEqualTo(1);
        assertThat(gateway.count("all", "denied")).isZero();
    }

    @Test
    void filter_namedArguments_bind() {
        for (String route : new String[] {"named", "listed"}) {
            HttpResponse<String> allowed = gateway.get("/" + route);
            assertThat(allowed.headers().firstValue("RateLimit-Policy").orElseThrow())
                    .startsWith("\"" + route + "-b\";q=1;w=3600, \"" + route + "-a\";q=2");
            assertThat(gateway.get("/" + route).statusCode()).isEqualTo(429);
        }
    }

    @Test
    void filter_twoOnARoute_bothDecideAndAreTold() {
        assertThat(gateway.get("/twice").headers().firstValue("RateLimit-Policy").orElseThrow())
                .startsWith("\"twice-b\";q=2")
                .contains("\"twice-a\";q=5");
        gateway.get("/twice");
        assertThat(gateway.get("/twice").body()).contains("\"policy\":\"twice-b\"");
    }

    @Test
    void filter_shadow_deniesNothingAndCounts() {
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> answer = gateway.get("/dark");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("RateLimit-Policy").orElseThrow())
                    .startsWith("\"dark\"");
            assertThat(answer.headers().firstValue("X-RateLimit-Remaining")).hasValue("0");
        }
        assertThat(gateway.count("dark", "allowed")).isEqualTo(1);
        assertThat(gateway.count("dark", "shadow_denied")).isEqualTo(2);
    }

    @Test
    void filter_apiKey_isOneBucketEach() {
        assertThat(gateway.get("/key", "X-API-Key", "one").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/key", "X-API-Key", "two").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/key", "X-API-Key", "one").statusCode()).isEqualTo(429);
        assertThat(gateway.get("/key").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/key").statusCode()).isEqualTo(429);
    }

    /** Errors of the upstream and of the gateway carry the headers too, and no upstream's. */
    @Test
    void filter_failures_carryTheHeaders() {
        HttpResponse<String> upstream = gateway.get("/down/fails");
        assertThat(upstream.statusCode()).isGreaterThanOrEqualTo(500);
        assertThat(upstream.headers().allValues("X-RateLimit-Remaining")).containsExactly("4");
        HttpResponse<String> failed = gateway.get("/twice/fails");
        assertThat(failed.headers().allValues("RateLimit")).hasSize(1);
        assertThat(failed.headers().firstValue("RateLimit").orElseThrow()).contains(";r=");
    }

    @Test
    void filter_absent_leavesTheUpstreamsHeaders() {
        assertThat(gateway.get("/stock").headers().allValues("RateLimit"))
                .containsExactly("upstream");
    }

    @Test
    void retryAfter_waited_admits() {
        long start = System.nanoTime();
        assertThat(gateway.get("/second").statusCode()).isEqualTo(200);
        HttpResponse<String> denied = gateway.get("/second");
        if (denied.statusCode() == 429) {
            assertThat(denied.headers().firstValue("Retry-After")).hasValue("1");
            while (System.nanoTime() - start < 1_100_000_000L) {
                java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
            }
            assertThat(gateway.get("/second").statusCode()).isEqualTo(200);
        } else {
            assertThat(System.nanoTime() - start).isGreaterThan(1_000_000_000L);
        }
    }

    @Test
    void endpoint_bucket_isSeenAndReset() {
        RateLimitsEndpoint endpoint = gateway.bean(RateLimitsEndpoint.class);
        assertThat(endpoint.limits().store()).isEqualTo("local");
        assertThat(endpoint.limits().policies().get("three").capacity()).isEqualTo(3);
        assertThat(endpoint.buckets("all", "user:7").block())
                .isEqualTo(
                        new RateLimitsEndpoint.Buckets(
                                "ratelimit:{user:7}:all", 100, 100, 0, false, Map.of()));
        assertThat(endpoint.buckets("nobody", "user:7").blockOptional()).isEmpty();
        assertThat(endpoint.reset("nobody", "user:7").block().getStatus()).isEqualTo(404);
        assertThat(endpoint.reset("all", "user:7").block().getStatus()).isEqualTo(204);
    }
}
