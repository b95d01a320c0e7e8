package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.RawSocket.Answer;
import io.sluice.it.RecordingUpstream.Received;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The catalogue of attacks over HTTP/1.1, raw bytes on both sides: what the client is answered,
 * what the upstream saw, and that a good request still gets its own answer, on the same connection
 * where it lasts and on a fresh one.
 */
@Together
class CatalogueIT {

    private static final String CANARY = Attack.get("/public/canary");

    private static RecordingUpstream upstream;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        upstream = new RecordingUpstream();
        gateway =
                Gateway.start(
                        """
                        spring.cloud.gateway.server.webflux.routes:
                          - id: public
                            uri: %1$s
                            predicates: [ "Path=/public/**" ]
                          - id: admin
                            uri: %1$s
                            predicates: [ "Path=/admin/**" ]
                            filters: [ JwtAuth ]
                          - id: strip
                            uri: %1$s
                            predicates: [ "Path=/strip/**" ]
                            filters: [ StripPrefix=1 ]
                          - id: rewrite
                            uri: %1$s
                            predicates: [ "Path=/rewrite/**" ]
                            filters: [ "RewritePath=/rewrite(?<rest>/.*), /in${rest}" ]
                          - id: join
                            uri: %1$s
                            predicates: [ "Path=/join/{a}/{b}" ]
                            filters: [ "RewritePath=/join/(.).*/(.).*, /join/$1$2" ]
                          - id: relaxed
                            uri: %1$s
                            predicates: [ "Path=/relaxed/**" ]
                            metadata: { path-relaxations: "encoded-slash, semicolon" }
                          - id: cached
                            uri: %1$s
                            predicates: [ "Path=/cached/**" ]
                            filters:
                              - { name: CacheRequestBody, args: { bodyClass: java.lang.String } }
                          - id: target
                            uri: %1$s
                            predicates: [ "Path=/target/**" ]
                            filters: [ RequestHeaderToRequestUri=X-Target ]
                          - id: reflect
                            uri: %1$s
                            predicates: [ "Path=/reflect/{part}" ]
                            filters: [ "SetResponseHeader=X-Part, {part}" ]
                          - id: redirect
                            uri: %1$s
                            predicates: [ "Path=/redirect" ]
                            filters:
                              - { name: RedirectTo, args: { status: 302, url: "http://shop/x", includeRequestParams: true } }
                        sluice.edge:
                          request-uri-hosts: [ listed.invalid ]
                          allowed-hosts: [ shop, "*.shops.example" ]
                          timeouts.body: 5s
                        sluice.auth:
                          identity-headers: { sub: X-User-Id }
                          issuers: [ { issuer: me, secret: 0123456789abcdef0123456789abcdef } ]
                        """
                                .formatted(upstream.uri()));
    }

    @AfterAll
    static void stop() {
        try {
            assertThat(gateway.log().lines().filter(line -> line.contains(" ERROR "))).isEmpty();
            assertThat(gateway.log()).doesNotContain("LEAK:").doesNotContain("\tat ");
        } finally {
            gateway.close();
            upstream.close();
        }
    }

    static Stream<Attack> attacks() {
        return Stream.of(FramingAttacks.all(), HeadAttacks.all(), PathAttacks.all())
                .flatMap(rows -> rows);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void attack_isAnsweredAsItMust(Attack attack) throws IOException {
        upstream.forget();
        try (Socket socket = RawSocket.connect(gateway.port())) {
            write(socket, attack.bytes());
            Answer answer = last(RawSocket.read(socket));
            assertThat(answer.status()).as("%s", answer).isIn(attack.statuses());
            assertThat(answer.text()).doesNotContain("Exception", "io.netty", "java.", "sluice.");
            if (attack.ends()) {
                write(socket, CANARY);
                assertThat(RawSocket.read(socket).status()).as("after the attack").isZero();
            } else if (attack.statuses().equals(Set.of(200))) {
                sameConnection(socket, attack);
            }
        }
        for (Received received : List.copyOf(upstream.received())) {
            if (!received.line().contains("canary")) {
                assertThat(attack.reaches()).as("reached the upstream: %s", received).isTrue();
                assertThat(attack.seen().test(received)).as("%s", received).isTrue();
            }
        }
        if (attack.statuses().equals(Set.of(200))) {
            assertThat(upstream.received()).isNotEmpty();
        }
        Answer fresh = RawSocket.send(gateway.port(), CANARY);
        assertThat(fresh.status()).isEqualTo(200);
        assertThat(fresh.text()).endsWith("ok");
    }

    /** Without the interim answers before it. */
    private static Answer last(Answer answer) {
        String interim = "HTTP/1.1 100 Continue\r\n\r\n";
        return answer.text().startsWith(interim + "HTTP/1.1 200")
                ? new Answer(200, answer.text().substring(interim.length()))
                : answer;
    }

    /** A body that breaks off must not reach the upstream as a whole one. */
    @Test
    void bodyThatEndsEarly_upstreamRequestIsAborted() throws IOException {
        upstream.forget();
        int before = upstream.cutShort();
        try (Socket socket = RawSocket.connect(gateway.port())) {
            write(socket, Attack.post("Content-Length: 9", "half"));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !upstream.received().isEmpty());
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> upstream.cutShort() > before);
        assertThat(RawSocket.send(gateway.port(), CANARY).text()).endsWith("ok");
    }

    /** Row A25: asked for, and then withheld. */
    @Test
    void body_withheldAfterItWasAskedFor_is408AndUpstreamIsAborted() throws IOException {
        upstream.forget();
        int before = upstream.cutShort();
        try (Socket socket = RawSocket.connect(gateway.port())) {
            write(socket, Attack.post("Content-Length: 9\nExpect: 100-continue", ""));
            assertThat(RawSocket.read(socket).text())
                    .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 408 ")
                    .contains("\"error\":\"slow-body\"");
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> upstream.cutShort() > before);
        assertThat(upstream.received())
                .allSatisfy(received -> assertThat(received.values("Expect")).isEmpty());
        assertThat(RawSocket.send(gateway.port(), CANARY).text()).endsWith("ok");
    }

    static Stream<String> foreignTargets() {
        int own = Integer.parseInt(upstream.uri().substring(upstream.uri().lastIndexOf(':') + 1));
        return Stream.of(
                "http://127.0.0.1:" + gateway.managementPort() + "/actuator/health",
                "http://127.0.0.1:" + gateway.port() + "/public/x",
                "http://169.254.169.254/latest/meta-data/",
                "http://[::1]:" + own + "/x",
                "http://[::ffff:127.0.0.1]:" + own + "/x",
                "http://0x7f000001:" + own + "/x",
                "http://localhost:" + own + "/x",
                "http://10.0.0.1/x",
                "http://shop@127.0.0.1:" + own + "/x",
                "https://127.0.0.1:" + own + "/x",
                "http://listed.invalid.evil.example/x",
                "ftp://listed.invalid/x",
                "file:///etc/passwd");
    }

    /** Rows J1 and J2: a client's word is no reason to go where the configuration does not. */
    @ParameterizedTest
    @MethodSource("foreignTargets")
    void target_thatNoRouteHas_isRefused(String target) {
        upstream.forget();
        Answer answer =
                RawSocket.send(gateway.port(), Attack.get("/target/x", "X-Target: " + target));
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(upstream.received()).isEmpty();
        assertThat(RawSocket.send(gateway.port(), CANARY).text()).endsWith("ok");
    }

    /** What Spring Cloud Gateway cannot read as a URL changes nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"gopher://10.0.0.1/x", "lb://orders/x", "forward:/admin/x", "//evil/x"})
    void target_thatIsNoUrl_isNone(String target) {
        upstream.forget();
        RawSocket.send(gateway.port(), Attack.get("/target/x", "X-Target: " + target));
        assertThat(upstream.received())
                .extracting(Received::line)
                .containsExactly("GET /target/x HTTP/1.1");
    }

    @Test
    void target_thatIsConfigured_isTaken() {
        upstream.forget();
        String header = "X-Target: " + upstream.uri() + "/chosen?a=b";
        assertThat(RawSocket.send(gateway.port(), Attack.get("/target/x", header)).status())
                .isEqualTo(200);
        assertThat(RawSocket.send(gateway.port(), Attack.get("/target/x")).status()).isEqualTo(200);
        // Where no filter reads it, the header is one like any other.
        RawSocket.send(gateway.port(), Attack.get("/public/x", header));
        assertThat(upstream.received())
                .extracting(Received::line)
                .containsExactly(
                        "GET /chosen?a=b HTTP/1.1",
                        "GET /target/x HTTP/1.1",
                        "GET /public/x HTTP/1.1");
        assertThat(
                        RawSocket.send(
                                        gateway.port(),
                                        Attack.get("/target/x", "X-Target: http://listed.invalid/"))
                                .status())
                .as("let through, and not to be found")
                .isEqualTo(502);
    }

    /** Row B20: what a client wrote ends no line of an answer. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/reflect/a%0d%0aX-Evil:1",
                "/reflect/a%0aX-Evil:1",
                "/redirect?a=%0d%0aX-Evil:1",
                "/redirect?a=%0aX-Evil:1"
            })
    void lineEnd_inAReflectedValue_isNeverOnTheWire(String target) {
        Answer answer = RawSocket.send(gateway.port(), Attack.get(target));
        assertThat(answer.status()).as("%s", answer).isIn(302, 400);
        assertThat(answer.text().lines()).noneMatch(line -> line.startsWith("X-Evil"));
        assertThat(RawSocket.send(gateway.port(), CANARY).text()).endsWith("ok");
    }

    /** What comes next is the canary's own answer, or that of the request which rode along. */
    private static void sameConnection(Socket socket, Attack attack) throws IOException {
        if (attack.name().startsWith("A20")) {
            assertThat(RawSocket.read(socket).status()).isEqualTo(401);
        }
        write(socket, CANARY);
        Answer canary = RawSocket.read(socket);
        assertThat(canary.status()).as("%s", canary).isEqualTo(200);
        assertThat(canary.text()).endsWith("ok");
    }

    private static void write(Socket socket, String bytes) throws IOException {
        try {
            RawSocket.write(socket, bytes);
        } catch (SocketException refusedMidway) {
            // The answer, if there is one, is still to be read.
        }
    }
}
