package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.TokenMint;
import java.io.IOException;
import java.net.Socket;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What is cheap to send, very often: the catalogue's rows A17 and E23. The gateway runs as it does
 * for its users, without the trace of each buffer that other tests switch on: with it a chunk costs
 * fifty times as much.
 */
class MillionsIT {

    private static final TokenMint MINT = TokenMint.rsa("RS256", "one");
    private static final String GOOD = MINT.token(claims(1));
    private static final int MILLION = 1_000_000;
    private static final int ROUNDS = 8;
    private static final int REQUESTS = 300;

    /**
     * Fewer than the catalogue's million, for which the gateway takes a minute or two. What could
     * grow has its bound far below; {@code -Dsluice.flood.tokens=1000000} sends them all.
     */
    private static final int TOKENS = Integer.getInteger("sluice.flood.tokens", 100_000);

    /** A part of what the gateway can refuse, so that the test's own clients have a processor. */
    private static final int PER_SECOND = 2_000;

    private static RecordingUpstream upstream;
    private static RecordingUpstream issuer;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        upstream = new RecordingUpstream();
        issuer = new RecordingUpstream();
        String set = TokenMint.jwkSet(MINT);
        issuer.answer(
                "/keys",
                "HTTP/1.1 200 OK\r\nContent-Length: " + set.length() + "\r\n\r\n" + set,
                RecordingUpstream.Then.KEEP);
        gateway =
                Gateway.launch(
                                """
                                logging.level.sluice.access: "OFF"
                                spring.cloud.gateway.server.webflux.routes:
                                  - { id: open, uri: "%1$s", predicates: [ "Path=/open/**" ] }
                                  - { id: closed, uri: "%1$s", predicates: [ "Path=/closed/**" ], filters: [ JwtAuth ] }
                                sluice.auth.issuers: [ { issuer: me, jwk-set-uri: "%2$s/keys" } ]
                                """
                                        .formatted(upstream.uri(), issuer.uri()),
                                Map.of(
                                        "_JAVA_OPTIONS",
                                        "-Dio.netty.leakDetection.level=simple"
                                                + " -XX:TieredStopAtLevel=4"))
                        .awaitReady();
    }

    @AfterAll
    static void stop() {
        try {
            assertThat(gateway.log().lines().filter(line -> line.contains(" ERROR "))).isEmpty();
        } finally {
            gateway.close();
            upstream.close();
            issuer.close();
        }
    }

    private static Map<String, Object> claims(int user) {
        return Map.of(
                "iss", "me", "sub", "user-" + user, "exp", Instant.now().getEpochSecond() + 3_600);
    }

    /** Many small chunks cost time in proportion, and no memory that stays. */
    @Test
    void chunks_aMillionOfOneByte_passAndLeaveNothing() throws IOException {
        RawSocket.send(gateway.port(), Attack.get("/open/canary"));
        long before = gateway.liveHeapBytes();
        upstream.forget();
        try (Socket socket = RawSocket.connect(gateway.port())) {
            socket.setSoTimeout(120_000);
            RawSocket.write(
                    socket,
                    Attack.request("POST", "/open/x", "Transfer-Encoding: chunked")
                            + "\r\n"
                            + "1\r\nx\r\n".repeat(MILLION)
                            + "0\r\n\r\n");
            assertThat(RawSocket.read(socket).status()).isEqualTo(200);
            RawSocket.write(socket, Attack.get("/open/canary"));
            assertThat(RawSocket.read(socket).text()).endsWith("ok");
        }
        assertThat(upstream.received().get(0).body()).isEqualTo("x".repeat(MILLION));
        assertThat(gateway.liveHeapBytes() - before).isLessThan(30L << 20);
        assertThat(RawSocket.send(gateway.port(), Attack.get("/open/canary")).text())
                .endsWith("ok");
    }

    @Test
    void badTokens_veryMany_leaveTheHeapFlatAndTheGoodOneServed() {
        percentile99();
        long before = gateway.liveHeapBytes();
        long start = System.nanoTime();
        try (TokenFlood flood = TokenFlood.fast(gateway.port(), MINT, claims(0), TOKENS)) {
            while (flood.refused() < TOKENS) {
                good();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long after = gateway.liveHeapBytes();
        System.out.printf(
                "%d bad tokens in %.1f s, heap %d MiB before, %d MiB after%n",
                TOKENS, seconds, before >> 20, after >> 20);
        assertThat(after - before).isLessThan(30L << 20);
        // The set's first fetch, and no other: none of the tokens names a key.
        assertThat(issuer.received()).hasSize(1);
    }

    /** The best of some rounds: a busy machine can spoil one. */
    @Test
    void badTokens_steadily_leaveAGoodOnesTimesAlone() {
        percentile99();
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS && best >= 2; round++) {
            double alone = percentile99();
            try (TokenFlood flood =
                    TokenFlood.steady(gateway.port(), MINT, claims(0), PER_SECOND)) {
                double among = percentile99();
                best = Math.min(best, among / alone);
                System.out.printf(
                        "p99 alone %.2f ms, among %d bad tokens %.2f ms%n",
                        alone, flood.refused(), among);
            }
        }
        assertThat(best).as("p99 among bad tokens, by p99 alone").isLessThan(2);
    }

    private static void good() {
        assertThat(gateway.get("/closed/good", "Authorization", "Bearer " + GOOD).statusCode())
                .isEqualTo(200);
    }

    /** In milliseconds. */
    private static double percentile99() {
        long[] nanos = new long[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            long start = System.nanoTime();
            good();
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[REQUESTS * 99 / 100] / 1e6;
    }
}
