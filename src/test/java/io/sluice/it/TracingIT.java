package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.TraceCollector.Taken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Issue part 4: traces over OTLP. That nothing of it happens while it is off is in WatchingIT. */
@Together
@Timeout(180)
class TracingIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String CLIENT_SPAN = "00f067aa0ba902b7";
    private static final Pattern TRACEPARENT =
            Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-0([0-3])");
    private static final SplittableRandom RANDOM = new SplittableRandom();

    private static TraceCollector collector;
    private static TestUpstream upstream;
    private static TestUpstream hanging;
    private static Hole hole;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws IOException {
        collector = new TraceCollector();
        upstream = TestUpstream.start("up");
        hanging = TestUpstream.start("hanging").hang(true);
        hole = new Hole();
        gateway =
                Gateway.start(
                        """
                        spring.cloud.gateway.server.webflux.routes:
                          - { id: shop, uri: "lb://shop", predicates: [ "Path=/shop/**" ] }
                          - { id: plain, uri: "%1$s", predicates: [ "Path=/plain/**" ] }
                          - { id: shaky, uri: "lb://shaky", predicates: [ "Path=/shaky/**" ] }
                          - { id: hanging, uri: "lb://hanging", predicates: [ "Path=/hanging/**" ] }
                        sluice:
                          tracing: { enabled: true, endpoint: "%4$s", sampling-probability: 0 }
                          upstreams:
                            shop.instances: [ { uri: "%1$s" } ]
                            hanging.instances: [ { uri: "%2$s" } ]
                            shaky:
                              algorithm: round-robin
                              instances: [ { uri: "%1$s" }, { uri: "%3$s" } ]
                              outlier-detection.enabled: false
                              retry.budget-percent: 100
                        """
                                .formatted(
                                        upstream.uri(),
                                        hanging.uri(),
                                        hole.uri(),
                                        collector.uri()));
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        collector.close();
        upstream.close();
        hanging.close();
        hole.close();
    }

    private static String newTrace() {
        return HexFormat.of().toHexDigits(RANDOM.nextLong(1, Long.MAX_VALUE))
                + HexFormat.of().toHexDigits(RANDOM.nextLong());
    }

    private static String sampled(String trace) {
        return "00-" + trace + "-" + CLIENT_SPAN + "-01";
    }

    private static Matcher toldUpstream() {
        Matcher told = TRACEPARENT.matcher(upstream.last().headers().get("traceparent"));
        assertThat(told.matches()).isTrue();
        return told;
    }

    /** The other bit tells of the trace's id. */
    private static boolean isSampled(Matcher told) {
        return Integer.parseInt(told.group(3)) % 2 == 1;
    }

    /** The second has a path that goes Spring's way and not the short one. */
    @ParameterizedTest
    @ValueSource(strings = {"/shop/1", "/shop/a%20b"})
    void request_sampledByClient_goesOnWithItsTrace(String path) {
        String trace = newTrace();

        gateway.get(
                path + "?secret=hidden",
                "traceparent",
                sampled(trace),
                "tracestate",
                "vendor=1",
                "X-Request-Id",
                trace);

        Matcher told = toldUpstream();
        assertThat(told.group(1)).isEqualTo(trace);
        assertThat(isSampled(told)).isTrue();
        assertThat(upstream.last().headers()).containsEntry("tracestate", "vendor=1");
        List<Taken> spans = collector.trace(trace, 2);
        assertThat(spans).hasSize(2);
        Taken request = spans.get(0);
        assertThat(request.ofServer()).isTrue();
        assertThat(request.parentId()).isEqualTo(CLIENT_SPAN);
        assertThat(request.name()).isEqualTo("GET shop");
        assertThat(request.attributes())
                .containsEntry("http.request.method", "GET")
                .containsEntry("http.response.status_code", "200")
                .containsEntry("url.path", path)
                .containsEntry("client.address", "127.0.0.1")
                .containsEntry("sluice.route", "shop")
                .containsEntry("sluice.upstream", "shop")
                .containsEntry("sluice.instance", "127.0.0.1:" + upstream.port())
                .containsEntry("sluice.attempts", "1")
                .containsEntry("sluice.outcome", "success")
                .containsEntry("sluice.request_id", trace);
        Taken attempt = spans.get(1);
        assertThat(attempt.ofServer()).isFalse();
        assertThat(attempt.parentId()).isEqualTo(request.id());
        assertThat(attempt.id()).isEqualTo(told.group(2));
        assertThat(attempt.attributes())
                .containsEntry("http.response.status_code", "200")
                .containsEntry("sluice.instance", "127.0.0.1:" + upstream.port())
                .containsEntry("sluice.outcome", "success")
                .doesNotContainKey("http.request.resend_count");
        assertThat(spans.toString()).doesNotContain("hidden");
        assertThat(collector.services()).containsOnly("sluice");
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(gateway.log()).contains("\"traceId\":\"" + trace + "\""));
    }

    @Test
    void request_plainAddress_hasOneAttempt() {
        String trace = newTrace();

        gateway.get("/plain/1", "traceparent", sampled(trace));

        List<Taken> spans = collector.trace(trace, 2);
        assertThat(spans).hasSize(2);
        assertThat(spans.get(1).id()).isEqualTo(toldUpstream().group(2));
        assertThat(spans.get(0).attributes()).containsEntry("sluice.route", "plain");
    }

    @Test
    void request_notSampledByClient_isPassedOnAsSuchAndNotSent() {
        String trace = newTrace();
        String last = newTrace();

        gateway.get("/shop/1", "traceparent", sampled(trace).replaceAll("01$", "00"));
        Matcher told = toldUpstream();
        gateway.get("/shop/1", "traceparent", sampled(last));

        assertThat(told.group(1)).isEqualTo(trace);
        assertThat(isSampled(told)).isFalse();
        collector.trace(last, 2);
        assertThat(collector.spans()).noneMatch(span -> span.traceId().equals(trace));
    }

    /** Of what begins here nothing is sampled, as this gateway is set. */
    @Test
    void request_withoutTraceOrWithABrokenOne_beginsItsOwn() {
        gateway.get("/shop/1");
        assertThat(isSampled(toldUpstream())).isFalse();

        gateway.get("/shop/1", "traceparent", "00-broken-01", "tracestate", "vendor=1");

        assertThat(isSampled(toldUpstream())).isFalse();
        assertThat(upstream.last().headers()).doesNotContainKey("tracestate");
    }

    @Test
    void request_retried_hasASpanForEachAttempt() {
        List<Taken> spans = List.of();
        for (int i = 0; i < 10 && spans.size() < 3; i++) {
            String trace = newTrace();
            gateway.get("/shaky/1", "traceparent", sampled(trace));
            Taken request = collector.trace(trace, 2).get(0);
            int attempts = Integer.parseInt(request.attributes().get("sluice.attempts"));
            spans = collector.trace(trace, attempts + 1);
        }

        assertThat(spans).hasSize(3);
        Taken request = spans.get(0);
        Taken first =
                spans.stream()
                        .filter(span -> !span.ofServer())
                        .filter(span -> !span.attributes().containsKey("http.request.resend_count"))
                        .findFirst()
                        .orElseThrow();
        Taken second =
                spans.stream()
                        .filter(span -> span.attributes().containsKey("http.request.resend_count"))
                        .findFirst()
                        .orElseThrow();
        assertThat(request.failed()).isFalse();
        assertThat(first.failed()).isTrue();
        assertThat(first.attributes())
                .containsEntry("sluice.outcome", "broken")
                .containsEntry("error.type", "broken");
        assertThat(second.failed()).isFalse();
        assertThat(second.attributes())
                .containsEntry("http.request.resend_count", "1")
                .containsEntry("sluice.outcome", "success");
        assertThat(first.parentId()).isEqualTo(second.parentId()).isEqualTo(request.id());
        assertThat(toldUpstream().group(2)).isEqualTo(second.id());
    }

    @Test
    void request_clientLeaves_endsItsSpansAsCancelled() throws IOException {
        String trace = newTrace();
        Socket client = RawSocket.connect(gateway.port());
        RawSocket.write(
                client,
                "GET /hanging/x HTTP/1.1\r\nHost: a\r\ntraceparent: "
                        + sampled(trace)
                        + "\r\n\r\n");
        Awaitility.await().atMost(LIMIT).until(() -> hanging.open() == 1);

        RawSocket.kill(client, false);

        List<Taken> spans = collector.trace(trace, 2);
        assertThat(spans).hasSize(2);
        assertThat(spans)
                .allSatisfy(
                        span ->
                                assertThat(span.attributes())
                                        .containsEntry("sluice.outcome", "cancelled"));
        assertThat(spans.get(0).attributes()).containsEntry("http.response.status_code", "499");
        assertThat(spans.get(0).failed()).isFalse();
    }

    @Test
    void request_withoutRoute_hasItsSpanAllTheSame() {
        String trace = newTrace();

        gateway.get("/nowhere", "traceparent", sampled(trace));

        assertThat(collector.trace(trace, 1)).hasSize(1);
        Taken request = collector.trace(trace, 1).get(0);
        assertThat(request.name()).isEqualTo("GET");
        assertThat(request.attributes())
                .containsEntry("http.response.status_code", "404")
                .containsEntry("sluice.attempts", "0")
                .doesNotContainKey("sluice.route");
    }

    /** A collector that takes connections, and nothing from them. */
    @Test
    void requests_collectorHangs_areServedAndTheirSpansCounted() throws IOException {
        int requests = 200;
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
                Gateway lonely =
                        Gateway.start(
                                """
                                spring.cloud.gateway.server.webflux.routes:
                                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/shop/**" ] }
                                sluice:
                                  tracing: { enabled: true, endpoint: "http://127.0.0.1:%d/v1/traces", sampling-probability: 1, timeout: 1s, queue-size: 10 }
                                  upstreams.shop.instances: [ { uri: "%s" } ]
                                """
                                        .formatted(silent.getLocalPort(), upstream.uri()))) {
            for (int i = 0; i < requests; i++) {
                assertThat(lonely.get("/shop/1").statusCode()).isEqualTo(200);
            }

            assertThat(isSampled(toldUpstream())).isTrue();
            Awaitility.await()
                    .atMost(LIMIT)
                    .untilAsserted(
                            () ->
                                    assertThat(lonely.manage("/actuator/prometheus").body())
                                            .contains(
                                                    "sluice_tracing_spans_dropped_total "
                                                            + 2.0 * requests));
            JsonMapper json = JsonMapper.builder().build();
            assertThat(lonely.log().lines().filter(line -> line.startsWith("{")))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(json.readTree(line).has("outcome")).isTrue());
        }
    }
}
