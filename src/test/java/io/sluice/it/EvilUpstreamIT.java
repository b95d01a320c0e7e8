package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.RawSocket.Answer;
import io.sluice.it.RecordingUpstream.Received;
import io.sluice.it.RecordingUpstream.Then;
import java.time.Duration;
import java.util.ArrayList;
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
 * An upstream that answers anything: the client is told 502 or 504, or sees its response cut short
 * where the head was already on its way, and the next request gets its own answer over another
 * connection.
 */
@Together
class EvilUpstreamIT {

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String TWO = OK + "Content-Length: 2\r\n\r\nok";

    private static RecordingUpstream upstream;
    private static Gateway gateway;

    /** What the client must see. */
    private enum Seen {
        /** A problem with 502 or 504. */
        PROBLEM,
        /** The head, and then no proper end; or a problem. */
        CUT,
        /** The answer, whole; the fault comes after it. */
        ANSWER
    }

    /**
     * @param reused whether the connection may serve another request
     */
    private record Fault(String name, String bytes, Then then, Seen seen, boolean reused) {

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void start() {
        upstream = new RecordingUpstream();
        gateway =
                Gateway.start(
                        """
                        spring.cloud.gateway.server.webflux.routes:
                          - id: all
                            uri: %1$s
                            predicates: [ "Path=/**" ]
                            metadata: { response-timeout: 1500 }
                            filters: [ RemoveResponseHeader=Server, RemoveResponseHeader=X-Powered-By ]
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

    private static Fault problem(String name, String bytes) {
        return new Fault(name, bytes, Then.KEEP, Seen.PROBLEM, false);
    }

    static Stream<Fault> faults() {
        List<Fault> rows = new ArrayList<>();
        for (String line :
                List.of(
                        "garbage",
                        "HTTP/1.1",
                        "HTTP/1.1 abc OK",
                        "HTTP/1.1 -200 OK",
                        "HTTP/1.1 20 OK",
                        "HTTP/1.1 99 Low",
                        "HTTP/1.1 1000 High",
                        "HTTP/9.9 200 OK",
                        "FTP/1.1 200 OK",
                        "\u0000\u0001\u0002",
                        "GET / HTTP/1.1")) {
            rows.add(problem("status line " + line, line + "\r\nContent-Length: 2\r\n\r\nok"));
        }
        for (String header :
                List.of(
                        "Content-Length: 2\r\nTransfer-Encoding: chunked",
                        "Content-Length: 2\r\nContent-Length: 3",
                        "Content-Length: -2",
                        "Content-Length: +2",
                        "Content-Length: two",
                        "Content-Length: 2, 3",
                        "Content-Length: 99999999999999999999",
                        ": no name",
                        "X-Nul: a\u0000b",
                        "X-Cr: a\rSet-Cookie: evil=1",
                        "X\u0000Name: a",
                        "No colon",
                        "X Y: space in the name",
                        "X-(Y): no token",
                        " X-Folded: before any header",
                        "Transfer-Encoding: gzip",
                        "Transfer-Encoding: gzip, chunked",
                        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                        "Transfer-Encoding: xchunked",
                        "Content-Length: 2, 2",
                        "X-Huge: " + "x".repeat(20_000),
                        "X-Many: 1\r\n".repeat(3_000) + "X-Last: 1")) {
            String shown = header.length() > 60 ? header.substring(0, 60) : header;
            String length = header.contains("Content-Length") ? "" : "\r\nContent-Length: 2";
            rows.add(problem("header " + shown, OK + header + length + "\r\n\r\nok"));
        }
        rows.add(
                problem(
                        "chunks in HTTP/1.0",
                        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "2\r\nok\r\n0\r\n\r\n"));
        rows.add(problem("bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\nX: y\n\nok"));
        rows.add(problem("101 unasked", "HTTP/1.1 101 Switching Protocols\r\n\r\n"));
        rows.add(
                problem(
                        "101 unasked, to a WebSocket",
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                + "Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n"));
        rows.add(
                problem(
                        "101 unasked, then an answer",
                        "HTTP/1.1 101 Switching Protocols\r\n\r\n" + TWO));
        rows.add(problem("100 without end", "HTTP/1.1 100 Continue\r\n\r\n".repeat(50)));
        rows.add(
                new Fault(
                        "103 a few times, then an answer",
                        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(5) + TWO,
                        Then.KEEP,
                        Seen.ANSWER,
                        true));
        rows.add(
                problem(
                        "103 a thousand times, then an answer",
                        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(1_000) + TWO));
        for (Then then : List.of(Then.CLOSE, Then.HANG)) {
            rows.add(new Fault("nothing, " + then, "", then, Seen.PROBLEM, false));
            rows.add(new Fault("half a head, " + then, OK + "X-A: b", then, Seen.PROBLEM, false));
            rows.add(new Fault("one byte, " + then, "H", then, Seen.PROBLEM, false));
        }
        bodies(rows);
        return rows.stream();
    }

    private static void bodies(List<Fault> rows) {
        rows.add(
                new Fault(
                        "short body",
                        OK + "Content-Length: 9\r\n\r\nshort",
                        Then.CLOSE,
                        Seen.CUT,
                        false));
        String chunked = OK + "Transfer-Encoding: chunked\r\n\r\n";
        for (String body :
                List.of(
                        "5\r\nhello\r\n",
                        "5\r\nhel",
                        "zz\r\nhello\r\n0\r\n\r\n",
                        "-5\r\nhello\r\n0\r\n\r\n",
                        "5\r\nhelloXX\r\n0\r\n\r\n",
                        "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
                        "5\r\nhello\r\n0\r\nX-T: a\u0000b\r\n\r\n")) {
            rows.add(new Fault("chunks " + body, chunked + body, Then.CLOSE, Seen.CUT, false));
        }
        for (String more :
                List.of(
                        RecordingUpstream.UNASKED,
                        "garbage",
                        "\r\n\r\n" + RecordingUpstream.UNASKED,
                        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                        "x".repeat(3_000))) {
            String shown = more.substring(0, Math.min(30, more.length()));
            rows.add(
                    new Fault(
                            "after the body " + shown, TWO + more, Then.KEEP, Seen.ANSWER, false));
            rows.add(
                    new Fault(
                            "after the chunks " + shown,
                            chunked + "2\r\nok\r\n0\r\n\r\n" + more,
                            Then.KEEP,
                            Seen.ANSWER,
                            false));
        }
        rows.add(new Fault("unasked, later", TWO, Then.SPEAK, Seen.ANSWER, false));
        rows.add(
                new Fault(
                        "body of 204",
                        "HTTP/1.1 204 No Content\r\n\r\n" + RecordingUpstream.UNASKED,
                        Then.KEEP,
                        Seen.ANSWER,
                        false));
        rows.add(
                new Fault(
                        "body of 304",
                        "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nevil",
                        Then.KEEP,
                        Seen.ANSWER,
                        false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void fault_isTheUpstreams_andItsConnectionIsNotUsedAgain(Fault fault) {
        upstream.answer("/fault", fault.bytes(), fault.then());
        upstream.forget();

        Answer answer = RawSocket.send(gateway.port(), Attack.get("/fault", "Connection: close"));
        switch (fault.seen()) {
            case PROBLEM -> assertProblem(answer);
            case CUT -> assertCut(answer);
            case ANSWER -> assertThat(answer.status()).as("%s", answer).isIn(200, 204, 304);
        }
        assertThat(answer.text()).doesNotContain("evil");

        if (fault.then() == Then.SPEAK) {
            Awaitility.await().pollDelay(Duration.ofMillis(600)).until(() -> true);
        }
        int evil = connections("/fault").iterator().next();
        for (int i = 0; i < 3; i++) {
            Answer canary =
                    RawSocket.send(gateway.port(), Attack.get("/canary", "Connection: close"));
            assertThat(canary.status()).as("%s", canary).isEqualTo(200);
            assertThat(canary.text()).endsWith("\r\n\r\nok");
        }
        if (!fault.reused()) {
            assertThat(connections("/canary")).as("connections used after it").doesNotContain(evil);
        }
    }

    /** H11: what tells of the upstream's software, where the route has it taken away. */
    @Test
    void headersThatDisclose_areRemovedWhereAsked() {
        upstream.answer(
                "/telling",
                OK
                        + "Server: Evil/1.0\r\nX-Powered-By: Evil\r\nX-Kept: 1\r\n"
                        + "Content-Length: 2\r\n\r\nok",
                Then.KEEP);
        Answer told = RawSocket.send(gateway.port(), Attack.get("/telling"));
        assertThat(told.text()).contains("X-Kept: 1").doesNotContain("Evil");
        Answer own = RawSocket.send(gateway.port(), Attack.get("/a%00b"));
        assertThat(own.status()).isEqualTo(400);
        assertThat(own.text().toLowerCase(java.util.Locale.ROOT)).doesNotContain("\r\nserver:");
    }

    private static void assertProblem(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isIn(502, 504);
        assertThat(answer.text())
                .contains("application/problem+json")
                .doesNotContain("Exception", "127.0.0.1", "netty");
    }

    /** A response that ends where it does not say so must not look whole. */
    private static void assertCut(Answer answer) {
        if (answer.status() != 200) {
            assertProblem(answer);
        } else if (answer.text().toLowerCase(java.util.Locale.ROOT).contains("chunked")) {
            assertThat(answer.text()).doesNotContain("\r\n0\r\n");
        } else {
            int body = answer.text().indexOf("\r\n\r\n") + 4;
            assertThat(answer.text().length() - body).isLessThan(9);
        }
    }

    private static Set<Integer> connections(String path) {
        return upstream.received().stream()
                .filter(r -> r.line().contains(path))
                .map(Received::connection)
                .collect(java.util.stream.Collectors.toSet());
    }
}
