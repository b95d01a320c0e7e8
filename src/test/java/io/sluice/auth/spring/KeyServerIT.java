package io.sluice.auth.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sluice.auth.TokenMint;
import io.sluice.net.Ports;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

/**
 * How often a gateway asks for keys, and what it answers while it cannot have them. A fetch has two
 * seconds, which a machine that is busy with something else may not give; then a round says nothing
 * and is made again.
 */
class KeyServerIT {

    private static final TokenMint MINT = TokenMint.ed25519("one");
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final int ROUNDS = 3;
    private static final List<KeyServer> COLD =
            IntStream.range(0, ROUNDS)
                    .mapToObj(i -> new KeyServer(MINT).delay(Duration.ofMillis(200)))
                    .toList();
    private static final KeyServer BUSY = new KeyServer(MINT);
    private static final KeyServer FLAKY = new KeyServer(MINT);
    private static final KeyServer HANGING = new KeyServer(MINT).delay(Duration.ofMinutes(1));
    private static final KeyServer MOVED = new KeyServer(MINT).status(302);
    private static final Map<String, KeyServer> UNUSABLE =
            Map.of(
                    "failing", new KeyServer(MINT).status(500),
                    "moved", MOVED,
                    "html", new KeyServer(MINT).serves("<html>login</html>"),
                    "cut", new KeyServer(MINT).serves("{\"keys\":[{\"kty\":"),
                    "empty", new KeyServer(MINT).serves("{\"keys\":[]}"),
                    "nothing", new KeyServer(MINT).serves(""),
                    "long", new KeyServer(MINT).serves(" ".repeat(70_000) + TokenMint.jwkSet(MINT)),
                    "many", new KeyServer(many()));
    private static final String DRIPS = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n";
    private static final List<String> SILENT = List.of("silent-1", "silent-2", "silent-3");

    private static RawUpstream upstream;
    private static DisposableServer closing;
    private static DisposableServer dripping;
    private static ConfigurableApplicationContext gateway;

    private static TokenMint[] many() {
        return IntStream.range(0, 101)
                .mapToObj(i -> MINT.called("key-" + i))
                .toArray(TokenMint[]::new);
    }

    @BeforeAll
    static void start() {
        upstream = new RawUpstream();
        closing =
                TcpServer.create()
                        .host("127.0.0.1")
                        .handle((in, out) -> Mono.<Void>empty())
                        .bindNow(Duration.ofSeconds(10));
        dripping =
                TcpServer.create()
                        .host("127.0.0.1")
                        .handle(
                                (in, out) ->
                                        out.sendString(
                                                Flux.interval(Duration.ofSeconds(1))
                                                        .take(DRIPS.length())
                                                        .map(i -> DRIPS.charAt(i.intValue()))
                                                        .map(String::valueOf),
                                                StandardCharsets.US_ASCII))
                        .bindNow(Duration.ofSeconds(10));
        Map<String, String> issuers = new TreeMap<>();
        IntStream.range(0, ROUNDS).forEach(i -> issuers.put("cold-" + i, COLD.get(i).uri()));
        issuers.put("busy", BUSY.uri());
        issuers.put("flaky", FLAKY.uri());
        issuers.put("refused", "http://127.0.0.1:" + Ports.free() + "/");
        issuers.put("closing", "http://127.0.0.1:" + closing.port() + "/");
        issuers.put("dripping", "http://127.0.0.1:" + dripping.port() + "/");
        SILENT.forEach(name -> issuers.put(name, HANGING.uri()));
        UNUSABLE.forEach((name, server) -> issuers.put(name, server.uri()));
        StringBuilder yaml =
                new StringBuilder(
                        """
                        server.port: 0
                        management.server.port: 0
                        logging.level.sluice.access: "OFF"
                        spring.cloud.gateway.server.webflux.routes:
                          - { id: any, uri: "%s", predicates: [ "Path=/any" ], filters: [ JwtAuth ] }
                        sluice.auth.issuers:
                        """
                                .formatted(upstream.uri()));
        issuers.forEach(
                (name, uri) ->
                        yaml.append(
                                "  - { issuer: %s, jwk-set-uri: \"%s\" }%n".formatted(name, uri)));
        gateway = Gateways.start(yaml.toString());
    }

    @AfterAll
    static void stop() {
        // While the threads that all servers of this process share are still there.
        COLD.forEach(KeyServer::close);
        List.of(BUSY, FLAKY, HANGING).forEach(KeyServer::close);
        UNUSABLE.values().forEach(KeyServer::close);
        closing.disposeNow();
        dripping.disposeNow();
        upstream.close();
        gateway.close();
    }

    private static Map<String, Object> claims(String issuer, int number) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", issuer);
        claims.put("sub", "user-" + number);
        claims.put("exp", Instant.now().getEpochSecond() + 600);
        return claims;
    }

    private static String good(String issuer, int number) {
        return MINT.token(claims(issuer, number));
    }

    /** Names a key that nobody has; no issuer signed it. */
    private static String forged(String issuer, int number) {
        String signed = MINT.called("key " + number).token(claims(issuer, number));
        return signed.substring(0, signed.lastIndexOf('.')) + ".AAAA";
    }

    private static Mono<HttpResponse<String>> ask(String token) {
        int port = gateway.getEnvironment().getRequiredProperty("local.server.port", int.class);
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/any"))
                        .header("Authorization", "Bearer " + token)
                        .build();
        return Mono.fromFuture(() -> HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
    }

    private static int status(String token) {
        return ask(token).block(Duration.ofSeconds(60)).statusCode();
    }

    private static List<Integer> statuses(Flux<String> tokens, int atOnce) {
        return tokens.flatMap(token -> ask(token).map(HttpResponse::statusCode), atOnce)
                .collectList()
                .block(Duration.ofMinutes(5));
    }

    /** Until the issuer's keys are there. */
    private static void warm(String issuer) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> status(good(issuer, 0)) == 200);
    }

    @Test
    void cold_200RequestsAtOnce_makeOneFetch() {
        warm("busy");
        for (int round = 0; round < ROUNDS; round++) {
            String issuer = "cold-" + round;
            List<Integer> statuses = statuses(Flux.range(0, 200).map(i -> good(issuer, i)), 200);
            assertThat(statuses).hasSize(200).allMatch(status -> status == 200 || status == 503);
            if (!statuses.contains(503)) {
                assertThat(statuses).containsOnly(200);
                assertThat(COLD.get(round).fetches()).isEqualTo(1);
                return;
            }
        }
        fail("no key server was answered in time");
    }

    @Test
    void unknownKeys_tenThousand_makeThreeFetchesAMinuteAtMost() {
        warm("busy");
        for (int round = 0; round < ROUNDS; round++) {
            int before = BUSY.fetches();
            long start = System.nanoTime();
            Flux<Integer> numbers = Flux.range(1, 10_100);
            List<Integer> statuses =
                    statuses(
                            numbers.map(i -> i % 101 == 0 ? good("busy", i) : forged("busy", i)),
                            64);
            long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
            assertThat(count(statuses, 200)).as("known keys").isEqualTo(100);
            assertThat(count(statuses, 401) + count(statuses, 503)).isEqualTo(10_000);
            if (!statuses.contains(503)) {
                // Within a minute that is three.
                assertThat((long) BUSY.fetches() - before)
                        .isLessThanOrEqualTo(1 + (seconds + 1) / 30);
                return;
            }
        }
        fail("the key server was not answered in time");
    }

    private static long count(List<Integer> statuses, int wanted) {
        return statuses.stream().filter(status -> status == wanted).count();
    }

    @Test
    void outage_afterAFirstFetch_knownKeysPass() {
        warm("flaky");
        FLAKY.status(500);
        unavailable(ask(forged("flaky", 0)).block(Duration.ofSeconds(60)));
        Flux<String> tokens = Flux.range(1, 300).map(i -> good("flaky", i));
        assertThat(statuses(tokens, 16)).hasSize(300).containsOnly(200);
        unavailable(ask(forged("flaky", 1)).block(Duration.ofSeconds(60)));
    }

    @Test
    void coldOutage_ofAnyKind_is503WithATimeToComeBack() {
        List<String> issuers = new ArrayList<>(UNUSABLE.keySet());
        issuers.addAll(List.of("refused", "closing", "dripping"));
        for (String issuer : issuers) {
            for (int i = 0; i < 3; i++) {
                unavailable(ask(good(issuer, i)).block(Duration.ofSeconds(60)));
            }
        }
        assertThat(MOVED.redirectsFollowed()).isZero();
    }

    /** One of three: this machine may be busy with something else for a while. */
    @Test
    void coldOutage_silentServer_isAnsweredWithinTwoAndAHalfSeconds() {
        long fastest = Long.MAX_VALUE;
        for (String issuer : SILENT) {
            long start = System.nanoTime();
            unavailable(ask(good(issuer, 0)).block(Duration.ofSeconds(60)));
            fastest = Math.min(fastest, System.nanoTime() - start);
        }
        assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofMillis(2_500));
    }

    private static void unavailable(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
        assertThat(response.body()).contains("keys-unavailable");
        assertThat(response.headers().firstValue("Retry-After"))
                .get()
                .asString()
                .matches("[1-9]\\d*");
        assertThat(response.headers().firstValue("WWW-Authenticate")).isEmpty();
    }
}
