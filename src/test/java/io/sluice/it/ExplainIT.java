package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.TokenMint;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /actuator/explain} against what happens: the same request is asked about and then sent,
 * and its access record must say the same.
 */
@Together
class ExplainIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String SECRET = "explain-it-explain-it-explain-it";
    private static final TokenMint MINT =
            TokenMint.hmac("HS256", null, SECRET.getBytes(StandardCharsets.US_ASCII));
    private static final int REQUESTS = 300;

    /** Upstreams whose algorithm leaves no choice. */
    private static final Set<String> KEYED = Set.of("hashed", "sticky");

    private static TestUpstream one;
    private static TestUpstream two;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        one = TestUpstream.start("one");
        two = TestUpstream.start("two");
        gateway =
                Gateway.start(
                        """
                        spring.cloud.gateway.server.webflux.routes:
                          - { id: tenant, uri: "lb://hashed", predicates: [ "Host={tenant}.example.org", "Path=/shop/**" ], filters: [ "SetRequestHeader=X-Secret-Of-Route, hunter2hunter2" ] }
                          - { id: posts, uri: "lb://quick", predicates: [ "Path=/shop/**", "Method=POST,PUT" ] }
                          - { id: beta, uri: "lb://turns", predicates: [ "Path=/shop/{item}", "Header=X-Beta, \\\\d+" ] }
                          - { id: query, uri: "lb://turns", predicates: [ "Path=/shop/**", "Query=v, 2" ] }
                          - { id: cookie, uri: "lb://quick", predicates: [ "Path=/shop/**", "Cookie=flavour, choc.*" ] }
                          - { id: canary, uri: "lb://quick", predicates: [ "Path=/split/**", "Weight=split, 1" ] }
                          - { id: stable, uri: "lb://turns", predicates: [ "Path=/split/**", "Weight=split, 3" ] }
                          - { id: scoped, uri: "lb://quick", predicates: [ "Path=/scoped/**" ], filters: [ "JwtAuth=orders.read", "RateLimit=per-user" ] }
                          - { id: keyed, uri: "lb://quick", predicates: [ "Path=/keyed/**" ], filters: [ "ApiKeyAuth" ] }
                          - { id: limited, uri: "lb://quick", predicates: [ "Path=/limited/**" ], filters: [ "RateLimit=per-client,everybody", "StripPrefix=1" ] }
                          - { id: relaxed, uri: "lb://quick", predicates: [ "Path=/relaxed/**" ], metadata: { path-relaxations: semicolon } }
                          - { id: plain, uri: "%2$s", predicates: [ "Path=/plain/**" ] }
                          - { id: sticky, uri: "lb://sticky", predicates: [ "Path=/sticky/**" ] }
                          - { id: gone, uri: "lb://gone", predicates: [ "Path=/gone/**" ] }
                          - { id: shop, uri: "lb://quick", predicates: [ "Path=/shop/**" ], filters: [ "RewritePath=/shop/(?<rest>.*), /${rest}" ] }
                        sluice:
                          trusted-proxies: [ 127.0.0.1 ]
                          auth:
                            identity-headers: { sub: X-User-Id }
                            issuers: [ { issuer: me, secret: %1$s } ]
                            api-keys: [ { id: partner, sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad } ]
                          rate-limits:
                            per-user: { key: user, capacity: 5, refill-tokens: 1, refill-period: 1d }
                            per-client: { key: "header:X-Client", capacity: 4, refill-tokens: 1, refill-period: 1d }
                            everybody: { key: global, capacity: 30, refill-tokens: 1, refill-period: 1d }
                          upstreams:
                            hashed: { algorithm: consistent-hashing, hash-key: "header:Host", instances: [ { uri: "%2$s" }, { uri: "%3$s" } ] }
                            sticky: { algorithm: ip-hash, instances: [ { uri: "%2$s" }, { uri: "%3$s" } ] }
                            quick: { instances: [ { uri: "%2$s" }, { uri: "%3$s" } ] }
                            turns: { algorithm: round-robin, instances: [ { uri: "%2$s" }, { uri: "%3$s", weight: 0 } ] }
                            gone: { instances: [ { uri: "%2$s", weight: 1 } ], algorithm: least-connections }
                        """
                                .formatted(SECRET, one.uri(), two.uri()));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        one.close();
        two.close();
    }

    /** A request, asked about or sent. */
    private record Sample(String method, String path, String host, List<String> headers) {

        String question() {
            StringBuilder text = new StringBuilder("/actuator/explain?method=" + method);
            text.append("&path=").append(encoded(path)).append("&host=").append(encoded(host));
            headers.forEach(header -> text.append("&header=").append(encoded(header)));
            return text.toString();
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }

        String head(String id) {
            StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
            head.append("Host: ").append(host).append("\r\nX-Request-Id: ").append(id);
            headers.forEach(header -> head.append("\r\n").append(header));
            String length = method.equals("GET") ? "" : "\r\nContent-Length: 0";
            return head + length + "\r\nConnection: close\r\n\r\n";
        }
    }

    private static final List<String> PATHS =
            List.of(
                    "/shop/1",
                    "/shop/a/b",
                    "/shop/1?v=2",
                    "/shop/1?v=3",
                    "/split/x",
                    "/scoped/x",
                    "/keyed/x",
                    "/limited/x",
                    "/limited/y",
                    "/relaxed/a;b",
                    "/shop/a;b",
                    "/shop//a",
                    "/plain/x",
                    "/sticky/x",
                    "/sticky/y",
                    "/gone/x",
                    "/nowhere",
                    "/livez");
    private static final List<String> HOSTS =
            List.of("localhost", "acme.example.org", "zeta.example.org", "example.org");

    private static Sample sample(SplittableRandom random) {
        List<String> headers = new ArrayList<>();
        add(headers, random, 0.2, "X-Beta: " + random.nextInt(100));
        add(headers, random, 0.1, "X-Beta: no");
        add(headers, random, 0.2, "Cookie: flavour=chocolate; b=2");
        add(headers, random, 0.5, "X-Client: c" + random.nextInt(12));
        add(headers, random, 0.3, "X-API-Key: abc");
        add(headers, random, 0.1, "X-API-Key: unknown");
        add(headers, random, 0.1, "X-User-Id: forged");
        add(headers, random, 0.7, "X-Forwarded-For: 198.51.100." + random.nextInt(256));
        String scope = random.nextBoolean() ? "orders.read" : "other";
        add(headers, random, 0.6, "Authorization: Bearer " + token("u" + random.nextInt(4), scope));
        return new Sample(
                pick(List.of("GET", "GET", "POST", "PUT", "DELETE", "BREW"), random),
                pick(PATHS, random),
                pick(HOSTS, random),
                headers);
    }

    private static void add(
            List<String> headers, SplittableRandom random, double chance, String header) {
        String name = header.substring(0, header.indexOf(':'));
        boolean there = headers.stream().anyMatch(one -> one.startsWith(name + ":"));
        if (random.nextDouble() < chance && !there) {
            headers.add(header);
        }
    }

    private static String pick(List<String> of, SplittableRandom random) {
        return of.get(random.nextInt(of.size()));
    }

    private static String token(String subject, String scope) {
        long now = Instant.now().getEpochSecond();
        return MINT.token(
                Map.of("iss", "me", "sub", subject, "scope", scope, "exp", now + 3600, "iat", now));
    }

    private static JsonNode explained(Sample sample) {
        HttpResponse<String> answer = gateway.manage(sample.question());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static Map<String, JsonNode> records(int least) {
        Map<String, JsonNode> records = new HashMap<>();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> {
                            records.clear();
                            gateway.log()
                                    .lines()
                                    .filter(line -> line.contains("\"requestId\":\"explain-"))
                                    .map(JSON::readTree)
                                    .forEach(r -> records.put(r.get("requestId").asString(), r));
                            return records.size() >= least;
                        });
        return records;
    }

    @Test
    void explain_randomRequests_saysWhatTheirAccessRecordsSay() throws IOException {
        long seed = 20261124;
        SplittableRandom random = new SplittableRandom(seed);
        List<Sample> samples = new ArrayList<>();
        List<JsonNode> expected = new ArrayList<>();
        List<RawClient.Answer> answers = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            Sample sample = sample(random);
            samples.add(sample);
            expected.add(explained(sample));
            answers.add(send(sample.head("explain-" + i)));
        }
        Map<String, JsonNode> records = records(REQUESTS);
        Set<String> routes = new HashSet<>();
        for (int i = 0; i < REQUESTS; i++) {
            JsonNode record = records.get("explain-" + i);
            String as =
                    "seed %d, %s%nexplained %s%nrecorded  %s"
                            .formatted(seed, samples.get(i), expected.get(i), record);
            compare(as, expected.get(i), record);
            comparePolicy(as, expected.get(i), answers.get(i));
            routes.add(record.path("route").asString("none"));
        }
        assertThat(routes).as("routes met").hasSize(16);
    }

    private static RawClient.Answer send(String head) throws IOException {
        try (RawClient client = new RawClient(gateway.port())) {
            client.send(head);
            Optional<RawClient.Answer> answer = client.answer();
            assertThat(answer).as(head).isPresent();
            return answer.get();
        }
    }

    /** The policy that denies is told by the problem and by the explanation, not by the record. */
    private static void comparePolicy(String as, JsonNode explained, RawClient.Answer answer) {
        if (answer.status() == 429) {
            String policy = JSON.readTree(answer.body()).get("policy").asString();
            String why = explained.get("answer").get("why").asString();
            assertThat(why).as(as).startsWith("too few tokens left: ");
            assertThat(why.substring(why.indexOf(':') + 2).split(", ")).as(as).contains(policy);
        }
    }

    private static void compare(String as, JsonNode explained, JsonNode record) {
        JsonNode answer = explained.path("answer");
        boolean answered = answer.has("status");
        assertThat(possible(explained)).as(as).contains(record.path("route").asString("none"));
        assertThat(record.get("status").asInt())
                .as(as)
                .isEqualTo(answered ? answer.get("status").asInt() : 200);
        assertThat(record.path("rateLimit").asString("none")).as(as).isEqualTo(limit(explained));
        boolean sure = explained.get("share").asDouble() == 1;
        String upstream = explained.path("upstream").path("upstream").asString("none");
        if (sure || answered) {
            assertThat(record.path("upstream").asString("none"))
                    .as(as)
                    .isEqualTo(answered ? "none" : upstream);
        }
        if (sure && !answered && !upstream.equals("none")) {
            assertThat(instances(explained.get("upstream")))
                    .as(as)
                    .contains(record.get("instance").asString());
            assertThat(explained.get("upstream").path("chosen").isString())
                    .as(as)
                    .isEqualTo(KEYED.contains(upstream));
        }
        assertThat(record.get("client").asString())
                .as(as)
                .isEqualTo(explained.get("request").get("client").asString());
    }

    private static Set<String> possible(JsonNode explained) {
        Set<String> routes = new HashSet<>();
        routes.add(explained.path("route").asString("none"));
        explained.get("alternatives").forEach(other -> routes.add(other.get("route").asString()));
        return routes;
    }

    /** What the record of such a request says of its limit. */
    private static String limit(JsonNode explained) {
        boolean refusedBefore = explained.path("answer").path("status").asInt(0) < 429;
        if (explained.path("answer").path("error").asString("").equals("rate-limit-exceeded")) {
            return "denied";
        }
        boolean reached = !explained.path("answer").has("status") || !refusedBefore;
        return explained.path("limits").has("policies") && reached ? "allowed" : "none";
    }

    private static Set<String> instances(JsonNode upstream) {
        if (upstream.path("chosen").isString()) {
            return Set.of(upstream.get("chosen").asString());
        }
        Set<String> ids = new HashSet<>();
        upstream.get("instances")
                .forEach(
                        instance -> {
                            if (!instance.get("health").asString().equals("draining")) {
                                ids.add(instance.get("id").asString());
                            }
                        });
        return ids;
    }

    private static String metrics() {
        return gateway.manage("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith("sluice_"))
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    @Test
    void explain_anyRequest_leavesMetricsBucketsAndLogAsTheyWere() {
        gateway.get("/limited/x", "X-Client", "counted");
        SplittableRandom random = new SplittableRandom(7);
        String metricsBefore = metrics();
        String upstreams = counts();
        String bucket = bucket();
        long lines = gateway.log().lines().count();

        for (int i = 0; i < 50; i++) {
            explained(sample(random));
        }

        assertThat(metrics()).isEqualTo(metricsBefore);
        assertThat(counts()).isEqualTo(upstreams);
        assertThat(bucket()).isEqualTo(bucket);
        assertThat(gateway.log().lines().count()).isEqualTo(lines);
    }

    private static String counts() {
        StringBuilder text = new StringBuilder();
        JSON.readTree(gateway.manage("/actuator/upstreams").body())
                .get("upstreams")
                .forEach(
                        upstream ->
                                upstream.get("instances")
                                        .forEach(
                                                i ->
                                                        text.append(i.get("id"))
                                                                .append(i.get("picks"))
                                                                .append(i.get("inFlight"))));
        return text.toString();
    }

    private static String bucket() {
        return JSON.readTree(
                        gateway.manage("/actuator/ratelimits/per-client/header:X-Client:counted")
                                .body())
                .get("tokens")
                .toString();
    }

    @Test
    void explain_nearerRoutes_areNamedWithThePredicateThatFailed() {
        JsonNode explained =
                explained(new Sample("GET", "/shop/1", "localhost", List.of("X-Beta: no")));

        assertThat(explained.get("route").asString()).isEqualTo("shop");
        Map<String, String> nearer = new HashMap<>();
        explained
                .get("nearer")
                .forEach(
                        one ->
                                nearer.put(
                                        one.get("route").asString(),
                                        one.get("predicate").asString()
                                                + " — "
                                                + one.path("why").asString("")));
        assertThat(nearer.get("tenant")).contains("{tenant}.example.org", "the host is localhost");
        assertThat(nearer.get("posts")).contains("POST", "the method is GET");
        assertThat(nearer.get("beta")).contains("X-Beta", "the header X-Beta is no");
        assertThat(nearer.get("query")).contains("v", "no parameter v");
        assertThat(nearer.get("cookie")).contains("flavour", "no cookie flavour");
        assertThat(nearer).doesNotContainKey("shop");
    }

    @Test
    void explain_weights_areToldNotDrawn() {
        JsonNode explained = explained(new Sample("GET", "/split/x", "localhost", List.of()));

        assertThat(explained.get("route").asString()).isEqualTo("stable");
        assertThat(explained.get("share").asDouble()).isEqualTo(0.75);
        assertThat(explained.get("alternatives").get(0).get("route").asString())
                .isEqualTo("canary");
    }

    @Test
    void explain_filters_standInTheirOrderWithoutSecrets() {
        HttpResponse<String> answer =
                gateway.manage(
                        new Sample("GET", "/shop/1", "acme.example.org", List.of()).question());

        JsonNode filters = JSON.readTree(answer.body()).get("filters");
        List<Integer> orders = new ArrayList<>();
        filters.forEach(filter -> orders.add(filter.get("order").asInt()));
        assertThat(orders).isSorted();
        assertThat(filters.toString()).contains("BalancingFilter", "X-Secret-Of-Route");
        assertThat(answer.body()).doesNotContain("hunter2");
    }

    @Test
    void explain_leastResponseTime_tellsScores() {
        JsonNode quick =
                explained(new Sample("GET", "/shop/1", "localhost", List.of())).get("upstream");

        assertThat(quick.get("algorithm").asString()).isEqualTo("least-response-time");
        quick.get("instances").forEach(i -> assertThat(i.get("score").isNumber()).isTrue());
    }

    @Test
    void explain_whatIsNoRequest_is400() {
        assertThat(gateway.manage("/actuator/explain").statusCode()).isEqualTo(400);
        assertThat(gateway.manage("/actuator/explain?path=x").statusCode()).isEqualTo(400);
        assertThat(gateway.manage("/actuator/explain?path=/x&header=x").statusCode())
                .isEqualTo(400);
        assertThat(gateway.manage("/actuator/explain?path=/x&client=nobody").statusCode())
                .isEqualTo(400);
        assertThat(gateway.get("/actuator/explain?path=/x").statusCode()).isEqualTo(404);
    }
}
