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

/**
 * The catalogue of attacks over HTTP/1.1, raw bytes on both sides: what the client is answered,
 * what the upstream saw, and that a good request still gets its own answer, on the same connection
 * where it lasts and on a fresh one.
 */
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
                        sluice.edge.allowed-hosts: [ shop, "*.shops.example" ]
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
