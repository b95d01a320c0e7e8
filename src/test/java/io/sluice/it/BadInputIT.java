package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.RawSocket.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What no client should send, byte by byte: a 4xx or, where the bytes are not HTTP, a closed
 * connection; never a 5xx, and nothing above WARN in the log.
 */
@Together
class BadInputIT {

    private static final String HOST = "Host: a\r\n";
    private static final String END = "Connection: close\r\n\r\n";
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private static TestUpstream upstream;
    private static Gateway gateway;
    private static int logRead;

    @BeforeAll
    static void startGateway() {
        upstream = TestUpstream.start("up").keep(false);
        gateway =
                Gateway.start(
                        """
                        spring.cloud.gateway.server.webflux:
                          # Everyone's, so that forged forwarding headers are parsed.
                          trusted-proxies: ".*"
                          routes:
                            - id: secured
                              uri: lb://up
                              predicates: [ "Path=/secured/**" ]
                              filters: [ "JwtAuth=read" ]
                            - id: keyed
                              uri: lb://up
                              predicates: [ "Path=/keyed/**" ]
                              filters: [ "ApiKeyAuth" ]
                            - id: limited
                              uri: lb://up
                              predicates: [ "Path=/limited/**" ]
                              filters: [ "RateLimit=many" ]
                            - id: query-hash
                              uri: lb://by-query
                              predicates: [ "Path=/query-hash/**" ]
                            - id: cookie-hash
                              uri: lb://by-cookie
                              predicates: [ "Path=/cookie-hash/**" ]
                            - id: matched
                              uri: lb://up
                              predicates:
                                - Path=/matched/{rest}
                                - Query=a, .*
                                - Cookie=c, .*
                            - id: changed
                              uri: lb://up
                              predicates: [ "Path=/changed/**" ]
                              filters:
                                - StripPrefix=1
                                - RewritePath=/(?<rest>.*), /x/${rest}
                                - AddRequestParameter=added, 1
                                - RemoveRequestParameter=removed
                            - id: open
                              uri: lb://up
                              predicates: [ "Path=/open/**" ]
                        sluice:
                          trusted-proxies: [ 127.0.0.1/32 ]
                          auth:
                            issuers: [ { issuer: me, secret: %1$s } ]
                            api-keys: [ { id: one, sha256: "%3$s" } ]
                          rate-limits:
                            many: { key: ip, capacity: 100000, refill-tokens: 100000, refill-period: 1s }
                          upstreams:
                            up: { instances: [ { uri: "%2$s" } ] }
                            by-query:
                              algorithm: consistent-hashing
                              hash-key: query:a
                              instances: [ { uri: "%2$s" } ]
                            by-cookie:
                              algorithm: consistent-hashing
                              hash-key: cookie:c
                              instances: [ { uri: "%2$s" } ]
                        """
                                .formatted(SECRET, upstream.uri(), "ab".repeat(32)));
    }

    @AfterAll
    static void stop() {
        try {
            assertThat(upstream.uploads()).as("broken bodies taken for whole ones").isZero();
            assertThat(gateway.manage("/actuator/upstreams").body())
                    .as("bad clients held against the instance")
                    .doesNotContainPattern("\"failures\":[1-9]");
        } finally {
            gateway.close();
            upstream.close();
        }
    }

    @AfterEach
    void stillServesAndStaysQuiet() {
        assertThat(gateway.get("/open/canary").statusCode()).isEqualTo(200);
        String whole = gateway.log();
        String log = whole.substring(logRead);
        logRead = whole.length();
        assertThat(log.lines().filter(line -> line.contains(" ERROR "))).isEmpty();
        assertThat(log).doesNotContain("\tat ").doesNotContain("LEAK:");
    }

    private static Answer send(String bytes) {
        Answer answer = RawSocket.send(gateway.port(), bytes);
        assertThat(answer.text())
                .doesNotContain("Exception")
                .doesNotContain("java.")
                .doesNotContain("io.sluice")
                .doesNotContain("io.netty");
        return answer;
    }

    private static String get(String target, String... headers) {
        StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\n" + HOST);
        Stream.of(headers).forEach(header -> request.append(header).append("\r\n"));
        return request.append(END).toString();
    }

    // --- not HTTP ------------------------------------------------------------------------------

    static Stream<String> notHttp() {
        return Stream.of(
                "\0\0\0\0\r\n\r\n",
                "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003",
                "GET\r\n\r\n",
                "GET /open/x\r\n\r\n",
                "GET  HTTP/1.1\r\n" + HOST + END,
                "GET /open/a b HTTP/1.1\r\n" + HOST + END,
                "GET /open/x HTP/1.1\r\n" + HOST + END,
                "GET /open/x HTTP/9.9\r\n" + HOST + END,
                "GET /open/x HTTP/1.1 more\r\n" + HOST + END,
                "G<T /open/x HTTP/1.1\r\n" + HOST + END,
                "G\0T /open/x HTTP/1.1\r\n" + HOST + END,
                get("/open/x", "NoColonHere"),
                get("/open/x", "Space : before-colon"),
                get("/open/x", ": no-name"),
                get("/open/x", "Na\0me: x"),
                get("/open/x", "Na(me): x"),
                get("/open/x", "X-Nul: a\0b"),
                get("/open/x", "X-Long: " + "a".repeat(64 * 1024)),
                get("/open/x", manyHeaders()),
                get("/open/" + "a".repeat(64 * 1024)),
                get("/open/x?" + "a".repeat(64 * 1024)));
    }

    private static String[] manyHeaders() {
        return Stream.iterate(0, i -> i + 1)
                .limit(4000)
                .map(i -> "X-Header-" + i + ": some value")
                .toArray(String[]::new);
    }

    static Stream<String> badFraming() {
        return Stream.of(
                post("Content-Length: 5\r\nContent-Length: 6", "hello"),
                post("Content-Length: 5, 6", "hello"),
                post("Content-Length: -1", ""),
                post("Content-Length: +5", "hello"),
                post("Content-Length: abc", "hello"),
                post("Content-Length: 99999999999999999999", "hello"),
                post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"),
                post("Transfer-Encoding: xchunked", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
                post("Transfer-Encoding: gzip", "0\r\n\r\n"),
                post("Transfer-Encoding: \u000bchunked", "0\r\n\r\n"),
                post("Transfer-Encoding : chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked", "zz\r\nhello\r\n0\r\n\r\n"),
                post("Transfer-Encoding: chunked", "-5\r\nhello\r\n0\r\n\r\n"),
                post("Transfer-Encoding: chunked", "ffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
                post("Transfer-Encoding: chunked", "5\r\nhelloworld\r\n0\r\n\r\n"));
    }

    private static String post(String framing, String body) {
        return "POST /open/upload HTTP/1.1\r\n" + HOST + framing + "\r\n" + END + body;
    }

    @ParameterizedTest
    @MethodSource({"notHttp", "badFraming"})
    void notHttp_refusedOrClosed(String bytes) {
        Answer answer = send(bytes);
        assertThat(answer.refused() || answer.status() == 0).as("%s", answer).isTrue();
    }

    static Stream<String> badHosts() {
        return Stream.of(
                "",
                "Host: a\r\nHost: b\r\n",
                "Host: a b\r\n",
                "Host: a/b\r\n",
                "Host: a,b\r\n",
                "Host: u@a\r\n",
                "Host: a:port\r\n",
                "Host: a:99999\r\n",
                "Host: a:80:80\r\n",
                "Host: [::1\r\n",
                "Host: [x]\r\n",
                "Host: a%zz\r\n",
                "Host: <a>\r\n",
                "Host: \u00e4\r\n",
                "Host: a\\b\r\n",
                "Host: a?b#c\r\n");
    }

    @ParameterizedTest
    @MethodSource("badHosts")
    void badHost_refused(String host) {
        Answer answer = send("GET /open/x HTTP/1.1\r\n" + host + END);
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
    }

    // --- paths, queries, methods ---------------------------------------------------------------

    static Stream<String> badTargets() {
        return Stream.of(
                "/open/../secured/x",
                "/open/./x",
                "/open/..",
                "/open/%2e%2e/secured/x",
                "/open/%2E%2e/secured/x",
                "/open/.%2e/secured/x",
                "/open/%2e/x",
                "/open/..%2fsecured/x",
                "/open/%2e%2e%2fsecured",
                "/open/%252e%252e/secured/x",
                "/open/%25252e%25252e/secured/x",
                "/open/..;/secured/x",
                "/open/..;a=b/secured/x",
                "/open/%2e%2e;/secured/x",
                "/open/%c0%ae%c0%ae/secured/x",
                "/open/%e0%80%ae%e0%80%ae/x",
                "/open/%ff",
                "/open/..\\secured\\x",
                "/open/..%5csecured",
                "/open/%5c..%5csecured",
                "/open/a%00b",
                "/open/a%0d%0ab",
                "/open/a%7fb",
                "/open/%",
                "/open/%2",
                "/open/%zz",
                "/open/%u002e%u002e/",
                "/open/a\u0001b",
                "/open/\u00fc",
                "/open/\u00c3\u00bc",
                "/open/<x>",
                "/open/\"x\"",
                "/open/{x}",
                "/open/a|b",
                "/open/a^b",
                "/open/a`b",
                "/open/[x]",
                "open/x",
                "?",
                "%2fopen/x",
                "/changed/%2e%2e/%2e%2e/x",
                "/matched/%2e%2e?a=1");
    }

    @ParameterizedTest
    @MethodSource("badTargets")
    void badTarget_refused(String target) {
        Answer answer = send(get(target));
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
    }

    static Stream<String> oddQueries() {
        return Stream.of(
                "%zz",
                "%",
                "a=%",
                "a=%2",
                "=",
                "&&&",
                "a=%00",
                "a=%ff",
                "a=%c0%ae",
                "a=[",
                "a={b}",
                "a=\"b\"",
                "a=<b>",
                "a=b|c",
                "a=b\\c",
                "a=\u00fc",
                "a=\u0001",
                "a=b#c",
                "a=b%0d%0ac",
                "a=" + "b".repeat(3000),
                "removed=%zz&a=1",
                "a=${x}",
                "??");
    }

    /**
     * Nothing says what a query must look like; whatever it is, it is not the gateway's failure.
     */
    @ParameterizedTest
    @MethodSource("oddQueries")
    void oddQuery_passedOrRefused(String query) {
        for (String path :
                List.of("/open/x", "/changed/x", "/query-hash/x", "/matched/x", "/none")) {
            Answer answer = send(get(path + "?" + query, "Cookie: c=1"));
            assertThat(answer.status()).as("%s?%s: %s", path, query, answer).isBetween(200, 499);
        }
    }

    static Stream<String> oddRequestLines() {
        return Stream.of(
                "OPTIONS * HTTP/1.1",
                "GET * HTTP/1.1",
                "TRACE /open/x HTTP/1.1",
                "CONNECT a:443 HTTP/1.1",
                "CONNECT /open/x HTTP/1.1",
                "get /open/x HTTP/1.1",
                "FOO /open/x HTTP/1.1",
                "FOO-BAR_BAZ!# /open/x HTTP/1.1",
                "X".repeat(3000) + " /open/x HTTP/1.1",
                "GET http://a/open/x HTTP/1.1",
                "GET http:///open/x HTTP/1.1",
                "GET http://a:99999/open/x HTTP/1.1",
                "GET http://[::1/open/x HTTP/1.1",
                "GET ftp://a/open/x HTTP/1.1",
                "GET http:open HTTP/1.1",
                "GET //open/x HTTP/1.1",
                "GET ///a//b HTTP/1.1",
                "GET //[x]/y HTTP/1.1",
                "GET /open/x#fragment HTTP/1.1",
                "GET /open/x:80 HTTP/1.1",
                "GET :80 HTTP/1.1",
                "PRI * HTTP/2.0");
    }

    @ParameterizedTest
    @MethodSource("oddRequestLines")
    void oddRequestLine_notAServerError(String line) {
        Answer answer = send(line + "\r\n" + HOST + END);
        boolean closed = answer.status() == 0;
        assertThat(closed || (answer.status() >= 200 && answer.status() < 500))
                .as("%s", answer)
                .isTrue();
    }

    // --- header values ---------------------------------------------------------------------------

    static Stream<String> oddHeaders() {
        return Stream.of(
                "Content-Type: ///",
                "Content-Type: text",
                "Content-Type: ;;;",
                "Content-Type: */json",
                "Content-Type: text/plain;charset=nonsense",
                "Content-Type: text/plain;charset=\"",
                "Content-Type: multipart/form-data",
                "Content-Type: text/\u00fc",
                "Accept: */x",
                "Accept: nonsense",
                "Accept: text/html;q=9",
                "Accept: ,,,",
                "Accept-Language: @@@",
                "Accept-Charset: ???",
                "Accept-Encoding: ;;;",
                "Cookie: =;;;",
                "Cookie: c",
                "Cookie: c=\"",
                "Cookie: c=1; c=2; \u0001",
                "Cookie: c=\u00fc",
                "Cookie: " + "c=1; ".repeat(500),
                "Range: bytes=abc",
                "Range: nonsense",
                "Range: bytes=9-1,-",
                "If-Modified-Since: nonsense",
                "If-None-Match: \"",
                "If-Match: W/",
                "Date: nonsense",
                "Expect: nonsense",
                "Upgrade: nonsense",
                "Connection: Upgrade\r\nUpgrade: websocket",
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x",
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: !!!",
                "Connection: ,,, x y z",
                "Keep-Alive: timeout=abc",
                "TE: ???",
                "Trailer: Content-Length",
                "Origin: ::::",
                "Origin: null\r\nAccess-Control-Request-Method: ???",
                "Origin: http://a\r\nAccess-Control-Request-Method: GET",
                "Referer: %zz",
                "Content-Length: 0\r\nContent-Encoding: nonsense",
                "Content-Disposition: form-data; name=\"",
                "Content-Language: ???",
                "Max-Forwards: -1",
                "X-Forwarded-For: garbage",
                "X-Forwarded-For: ,,,",
                "X-Forwarded-For: [::1",
                "X-Forwarded-For: 1.2.3.4:99999",
                "X-Forwarded-For: " + "1.2.3.4, ".repeat(500),
                "X-Forwarded-Host: a b",
                "X-Forwarded-Host: [::1",
                "X-Forwarded-Host: a:99999",
                "X-Forwarded-Host: %zz",
                "X-Forwarded-Proto: ://",
                "X-Forwarded-Proto: 1 2",
                "X-Forwarded-Port: abc",
                "X-Forwarded-Port: 999999",
                "X-Forwarded-Port: -1",
                "X-Forwarded-Prefix: %zz",
                "X-Forwarded-Prefix: /../..",
                "X-Forwarded-Prefix: a b",
                "Forwarded: for=\"",
                "Forwarded: for=[::1;host=a b;proto=://",
                "Forwarded: ;;;===,,,",
                "Forwarded: host=[x;proto=",
                "X-Request-Id: \u00fc" + "a".repeat(300),
                "traceparent: nonsense",
                "X-HTTP-Method-Override: NON SENSE",
                "Priority: ???");
    }

    @ParameterizedTest
    @MethodSource("oddHeaders")
    void oddHeader_notAServerError(String header) {
        for (String path :
                List.of("/open/x", "/changed/x", "/cookie-hash/x", "/limited/x", "/none")) {
            Answer answer = send(get(path, header));
            assertThat(answer.status()).as("%s, %s: %s", path, header, answer).isBetween(200, 499);
        }
    }

    static Stream<String> oddBodies() {
        String form = "Content-Type: application/x-www-form-urlencoded\r\n";
        String multipart = "Content-Type: multipart/form-data; boundary=b\r\n";
        return Stream.of(
                form + "Content-Length: 6\r\n" + END + "a=%zz&",
                form + "Content-Length: 3\r\n" + END + "%%%",
                multipart + "Content-Length: 5\r\n" + END + "--b--",
                multipart + "Content-Length: 7\r\n" + END + "garbage",
                multipart + "Content-Length: 9\r\n" + END + "--b\r\nX\r\n\r",
                "Content-Type: multipart/form-data\r\nContent-Length: 1\r\n" + END + "x",
                "Content-Type: application/json\r\nContent-Length: 1\r\n" + END + "{",
                "Content-Encoding: gzip\r\nContent-Length: 4\r\n" + END + "nope");
    }

    @ParameterizedTest
    @MethodSource("oddBodies")
    void oddBody_passes(String headersAndBody) {
        Answer answer = send("POST /open/x HTTP/1.1\r\n" + HOST + headersAndBody);
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }

    // --- tokens
    // ------------------------------------------------------------------------------------

    static Stream<String> badTokens() {
        String header = part("{\"alg\":\"HS256\"}");
        return Stream.of(
                "a",
                "a.b",
                "a.b.c",
                "...",
                "....",
                "a.b.c.d.e",
                "\u00fc.\u00fc.\u00fc",
                "a b c",
                "=.=.=",
                header + ".e30.",
                header + ".e30.AAAA",
                header + "." + part("null") + ".AAAA",
                header + "." + part("[]") + ".AAAA",
                header + "." + part("{\"exp\":\"never\"}") + ".AAAA",
                header + "." + part("{\"exp\":1e999}") + ".AAAA",
                header + ".%%%.AAAA",
                header + ".e30.!!!!",
                part("{\"alg\":\"none\"}") + ".e30.",
                part("{\"alg\":\"nOnE\"}") + ".e30.",
                part("{\"alg\":1}") + ".e30.AAAA",
                part("{\"alg\":[\"HS256\"]}") + ".e30.AAAA",
                part("{\"alg\":\"HS256\",\"alg\":\"none\"}") + ".e30.AAAA",
                part("{\"alg\":\"HS256\",\"crit\":[\"x\"]}") + ".e30.AAAA",
                part("{\"alg\":\"HS256\",\"kid\":{}}") + ".e30.AAAA",
                part("{\"alg\":\"HS256\",\"zip\":\"DEF\"}") + ".e30.AAAA",
                part("{") + ".e30.AAAA",
                part("\"x\"") + ".e30.AAAA",
                part("\0") + ".e30.AAAA",
                part("[".repeat(1500)) + ".e30.AAAA",
                part("{\"a\":".repeat(500)) + ".e30.AAAA",
                header + "." + "A".repeat(5000) + ".AAAA");
    }

    private static String part(String json) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.getBytes(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @MethodSource("badTokens")
    void badToken_401(String token) {
        Answer answer = send(get("/secured/x", "Authorization: Bearer " + token));
        assertThat(answer.status()).as("%s", answer).isEqualTo(401);
        assertThat(answer.text()).containsIgnoringCase("WWW-Authenticate: Bearer");
    }

    static Stream<String> badCredentials() {
        return Stream.of(
                "Authorization:",
                "Authorization: Bearer",
                "Authorization: Bearer\t",
                "Authorization: Basic !!!",
                "Authorization: \u00fc",
                "Authorization: Bearer a\r\nAuthorization: Bearer b",
                "Authorization: Digest nonce=\"",
                "X-API-Key:",
                "X-API-Key: \u00fc",
                "X-API-Key: a\r\nX-API-Key: b",
                "X-API-Key: " + "a".repeat(5000));
    }

    @ParameterizedTest
    @MethodSource("badCredentials")
    void badCredentials_4xx(String header) {
        for (String path : List.of("/secured/x", "/keyed/x")) {
            Answer answer = send(get(path, header));
            assertThat(answer.refused()).as("%s, %s: %s", path, header, answer).isTrue();
        }
    }
}
