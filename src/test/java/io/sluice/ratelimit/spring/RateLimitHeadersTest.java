package io.sluice.ratelimit.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.ratelimit.BucketShape;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.Limits;
import io.sluice.ratelimit.OnStoreFailure;
import io.sluice.ratelimit.PolicyResult;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

class RateLimitHeadersTest {

    private static PolicyResult result(
            String name, BucketShape shape, long left, long next, long reset) {
        Demand demand = Limits.policy(name, 1000, 1).demand("user:1").withShape(shape);
        return new PolicyResult(demand, Limits.outcome(false, left, next, reset, 0));
    }

    private static HttpHeaders told(PolicyResult... results) {
        MockServerWebExchange exchange =
                MockServerWebExchange.from(MockServerHttpRequest.get("/").build());
        exchange.getResponse().getHeaders().set("RateLimit", "upstream");
        exchange.getResponse().getHeaders().set("x-ratelimit-limit", "upstream");
        for (PolicyResult result : results) {
            RateLimitHeaders.tell(exchange, List.of(result));
        }
        exchange.getResponse().setComplete().block();
        return exchange.getResponse().getHeaders();
    }

    @Test
    void tell_severalPolicies_speaksOfTheTightestFirst() {
        HttpHeaders headers =
                told(
                        result("wide", BucketShape.of(1000, 1, 1_000_000), 900, 1, 100_000_000),
                        result("tight", BucketShape.of(20, 10, 1_000_000), 7, 100_000, 1_300_000));
        assertThat(headers.get("X-RateLimit-Limit")).containsExactly("20");
        assertThat(headers.get("X-RateLimit-Remaining")).containsExactly("7");
        assertThat(headers.get("X-RateLimit-Reset")).containsExactly("2");
        assertThat(headers.get("RateLimit-Policy"))
                .containsExactly("\"tight\";q=20;w=2, \"wide\";q=1000;w=1000");
        assertThat(headers.get("RateLimit"))
                .containsExactly("\"tight\";r=7;t=1, \"wide\";r=900;t=1");
    }

    @Test
    void tell_noPolicyLeft_hasNoneOfTheHeaders() {
        MockServerWebExchange exchange =
                MockServerWebExchange.from(MockServerHttpRequest.get("/").build());
        exchange.getResponse().getHeaders().set("RateLimit", "upstream");
        exchange.getResponse().getHeaders().set("x-ratelimit-limit", "upstream");
        RateLimitHeaders.tell(exchange, List.of());
        exchange.getResponse().setComplete().block();
        assertThat(exchange.getResponse().getHeaders().isEmpty()).isTrue();
    }

    @Test
    void tell_fastBucket_isAQuotaPerSecond() {
        HttpHeaders headers = told(result("p", BucketShape.of(10, 25, 1_000_000), 10, 0, 0));
        assertThat(headers.get("RateLimit-Policy")).containsExactly("\"p\";q=25;w=1");
        assertThat(headers.get("RateLimit")).containsExactly("\"p\";r=10");
        BucketShape fastest = new BucketShape(1, BucketShape.MAX, 3);
        assertThat(told(result("p", fastest, 1, 0, 0)).getFirst("RateLimit-Policy"))
                .isEqualTo("\"p\";q=" + BucketShape.MAX / 3 * 1_000_000 + ";w=1");
    }

    @Test
    void tell_neverRefilling_resetIsZero() {
        HttpHeaders headers = told(result("p", BucketShape.of(10, 25, 1_000_000), 0, -1, -1));
        assertThat(headers.getFirst("X-RateLimit-Reset")).isEqualTo("0");
        assertThat(headers.getFirst("RateLimit")).isEqualTo("\"p\";r=0");
    }

    @Test
    void tell_shadowAlone_isToldAndReplacesTheUpstreams() {
        HttpHeaders headers = told(dark());
        assertThat(headers.get("X-RateLimit-Limit")).containsExactly("5");
        assertThat(headers.get("RateLimit")).containsExactly("\"dark\";r=0;t=1");
        assertThat(headers.getFirst("RateLimit-Policy")).startsWith("\"dark\";q=5");
    }

    @Test
    void tell_shadowBesideAnother_isNotTold() {
        BucketShape shape = BucketShape.of(20, 10, 1_000_000);
        HttpHeaders headers = told(dark(), result("kept", shape, 7, 100_000, 1_300_000));
        assertThat(headers.get("RateLimit")).containsExactly("\"kept\";r=7;t=1");
        assertThat(headers.get("RateLimit-Policy")).containsExactly("\"kept\";q=20;w=2");
    }

    private static PolicyResult dark() {
        Demand shadow = Limits.policy("dark", 5, 1, OnStoreFailure.LOCAL, true).demand("user:1");
        return new PolicyResult(shadow, Limits.outcome(true, 0, 1, 1, 1));
    }

    @Test
    void seconds_anyPart_isRoundedUp() {
        assertThat(RateLimitHeaders.seconds(0)).isZero();
        assertThat(RateLimitHeaders.seconds(1)).isEqualTo(1);
        assertThat(RateLimitHeaders.seconds(1_000_000)).isEqualTo(1);
        assertThat(RateLimitHeaders.seconds(1_000_001)).isEqualTo(2);
    }
}
