package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.TokenMint;
import io.sluice.it.RawSocket.Answer;
import io.sluice.it.RecordingUpstream.Received;
import io.sluice.it.RecordingUpstream.Then;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The catalogue's rows on credentials, raw bytes on both sides: what the client is answered, what
 * the upstream saw, what the issuers were asked, and that a good request still gets its own answer,
 * on the same connection where it lasts and on a fresh one.
 */
@Together
class AuthCatalogueIT {

    private static final RecordingUpstream EVIL = new RecordingUpstream();

    private static RecordingUpstream upstream;
    private static RecordingUpstream issuer;
    private static MountedConfig config;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        upstream = new RecordingUpstream();
        issuer = new RecordingUpstream();
        serve("/keys", TokenAttacks.RSA, TokenAttacks.EC);
        serve("/other", TokenAttacks.OTHERS);
        serve("/cold", TokenAttacks.RSA);
        config = MountedConfig.of(yaml("orders-api"));
        gateway =
                Gateway.launch(
                                "",
                                Map.of(),
                                config.argument(),
                                "--sluice.reload.poll-interval=100ms",
                                "--sluice.reload.quiet-period=10ms")
                        .awaitReady();
    }

    private static String yaml(String audience) {
        return """
               spring.cloud.gateway.server.webflux.routes:
                 - { id: open, uri: "%1$s", predicates: [ "Path=/open/**" ] }
                 - { id: closed, uri: "%1$s", predicates: [ "Path=/closed/**" ], filters: [ JwtAuth ] }
                 - { id: strict, uri: "%1$s", predicates: [ "Path=/strict/**" ], filters: [ JwtAuth=admin ] }
               sluice.auth:
                 identity-headers: { sub: X-User-Id }
                 issuers:
                   - { issuer: "%3$s", jwk-set-uri: "%2$s/keys", audiences: [ %6$s ], max-lifetime: 24h }
                   - { issuer: "%4$s", jwk-set-uri: "%2$s/other", types: [ at+jwt ] }
                   - { issuer: "%5$s", jwk-set-uri: "%2$s/cold" }
               """
                .formatted(
                        upstream.uri(),
                        issuer.uri(),
                        TokenAttacks.ISSUER,
                        TokenAttacks.OTHER,
                        TokenAttacks.COLD,
                        audience);
    }

    private static void serve(String path, TokenMint... mints) {
        String set = TokenMint.jwkSet(mints);
        issuer.answer(
                path,
                "HTTP/1.1 200 OK\r\nContent-Length: " + set.length() + "\r\n\r\n" + set,
                Then.KEEP);
    }

    @AfterAll
    static void stop() {
        try {
            assertThat(EVIL.connections()).as("keys that a token named were fetched").isZero();
            // The first set, and once more for all unknown keys of half a minute.
            assertThat(asked("/keys")).isBetween(1L, 4L);
            assertThat(asked("/cold")).as("asked before the algorithm was settled").isZero();
            String log = gateway.log();
            assertThat(log.lines().filter(line -> line.contains(" ERROR "))).isEmpty();
            assertThat(log).doesNotContain("\tat ", "eyJ", "passwd", "jndi");
            assertThat(log).contains("a\\u000d\\u000aX-Evil:1").doesNotContain("\nX-Evil");
        } finally {
            gateway.close();
            upstream.close();
            issuer.close();
            EVIL.close();
        }
    }

    private static long asked(String path) {
        return issuer.received().stream()
                .filter(one -> one.line().startsWith("GET " + path + " "))
                .count();
    }

    static Stream<AuthAttack> attacks() {
        return TokenAttacks.all(EVIL.uri());
    }

    private static String canary() {
        return AuthAttack.bearer("/closed/canary", TokenAttacks.RSA.token(TokenAttacks.claims()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void attack_isAnsweredAsItMust(AuthAttack attack) throws IOException {
        String canary = canary();
        assertServed(RawSocket.send(gateway.port(), canary));
        upstream.forget();
        try (Socket socket = RawSocket.connect(gateway.port())) {
            Answer answer = exchange(socket, attack.bytes());
            assertThat(answer.status()).as("%s", answer).isEqualTo(attack.status());
            assertThat(challenges(answer))
                    .isEqualTo(
                            attack.challenge().isEmpty() ? List.of() : List.of(attack.challenge()));
            assertThat(answer.text()).doesNotContain("Exception", "java.", "nimbus", "eyJ");
            assertThat(upstream.received()).hasSize(attack.status() == 200 ? 1 : 0);
            for (Received received : upstream.received()) {
                assertThat(attack.seen().test(received)).as("%s", received).isTrue();
            }
            if (attack.status() != 431) {
                assertServed(exchange(socket, canary));
            }
        }
        assertServed(RawSocket.send(gateway.port(), canary));
    }

    /** Row A25: who may not send a body is not told to go on with it. */
    @Test
    void expectContinue_withoutToken_isRefusedBeforeTheBody() throws IOException {
        upstream.forget();
        try (Socket socket = RawSocket.connect(gateway.port())) {
            Answer answer =
                    exchange(
                            socket,
                            Attack.request(
                                            "POST",
                                            "/closed/x",
                                            "Content-Length: 9",
                                            "Expect: 100-continue")
                                    + "\r\n");
            assertThat(answer.status()).as("%s", answer).isEqualTo(401);
        }
        assertThat(upstream.received()).isEmpty();
        assertServed(RawSocket.send(gateway.port(), canary()));
    }

    /** Row A26: the answer can be read, and nothing of the body is taken for a request. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void body_ofARefusedRequest_isDropped(boolean whole) throws IOException {
        upstream.forget();
        String body = canary() + "x".repeat(1_000_000);
        String chunk = Integer.toHexString(body.length()) + "\r\n" + body + "\r\n";
        try (Socket socket = RawSocket.connect(gateway.port())) {
            Answer answer =
                    exchange(
                            socket,
                            Attack.request("POST", "/closed/x", "Transfer-Encoding: chunked")
                                    + "\r\n"
                                    + chunk
                                    + (whole ? "0\r\n\r\n" : ""));
            assertThat(answer.status()).as("%s", answer).isEqualTo(401);
            assertThat(upstream.received()).isEmpty();
            if (whole) {
                assertServed(exchange(socket, canary()));
            } else {
                assertThat(RawSocket.read(socket).status()).as("without an end").isZero();
            }
        }
        assertServed(RawSocket.send(gateway.port(), canary()));
    }

    /** Row E22: rules that have changed hold for what is remembered, too. */
    @Test
    void rememberedToken_afterAReload_isJudgedByTheNewRules() {
        String request = canary();
        assertServed(RawSocket.send(gateway.port(), request));
        config.swap(yaml("shop-api"));
        awaitStatus(request, 401);
        assertThat(challenges(RawSocket.send(gateway.port(), request)))
                .containsExactly(AuthAttack.INVALID.formatted("wrong audience"));
        config.swap(yaml("orders-api"));
        awaitStatus(request, 200);
    }

    private static void awaitStatus(String request, int status) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> RawSocket.send(gateway.port(), request).status() == status);
    }

    private static Answer exchange(Socket socket, String bytes) throws IOException {
        try {
            RawSocket.write(socket, bytes);
        } catch (SocketException refusedMidway) {
            // The answer, if there is one, is still to be read.
        }
        return RawSocket.read(socket);
    }

    private static List<String> challenges(Answer answer) {
        String start = "www-authenticate: ";
        List<String> values = new ArrayList<>();
        answer.text()
                .lines()
                .takeWhile(line -> !line.isEmpty())
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                .forEach(line -> values.add(line.substring(start.length())));
        return values;
    }

    private static void assertServed(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.text()).endsWith("ok");
    }
}
