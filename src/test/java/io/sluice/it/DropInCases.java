package io.sluice.it;

import static io.sluice.it.DropInCase.get;
import static io.sluice.it.DropInCase.of;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The table of {@link DropInIT}: every kind of predicate and filter that the route file uses. */
final class DropInCases {

    private static final Consumer<DropInExchange> NO_ROUTE = x -> x.status(404).sawTimes(0);

    private DropInCases() {}

    /**
     * @param elsewhere the address of upstream b
     */
    static Stream<DropInCase> all(String elsewhere) {
        return Stream.of(
                        predicates(),
                        requestFilters(elsewhere),
                        responseFilters(),
                        failures(),
                        otherTargets())
                .flatMap(List::stream);
    }

    private static Consumer<DropInExchange> routed(String by, String line) {
        return x -> x.status(200).saw(by, line).got("X-Default", "every-route");
    }

    private static List<DropInCase> predicates() {
        return List.of(
                get(
                        "Path with a segment",
                        "/path/7/rest?a=1",
                        x ->
                                x.status(200)
                                        .saw("a", "GET /path/7/rest?a=1")
                                        .sawHeader("X-Segment", "item-7")),
                get("Path of several patterns", "/blue/2", routed("b", "GET /blue/2")),
                get("Path, no match", "/nowhere", NO_ROUTE),
                get("Path keeps its encoding", "/path/a%20b/c", routed("a", "GET /path/a%20b/c")),
                get(
                        "Host with a variable",
                        "/host",
                        x -> x.status(200).saw("a", "GET /host").sawHeader("X-Tenant", "acme"),
                        "Host: acme.example.org"),
                get("Host, no match", "/host", NO_ROUTE, "Host: example.net"),
                of("Method", "POST", "/method", "x", routed("a", "POST /method")),
                of("Method, no match", "PUT", "/method", "x", NO_ROUTE),
                get(
                        "Header with a regex",
                        "/header",
                        routed("a", "GET /header"),
                        "X-Request-Id: 7"),
                get("Header, no match", "/header", NO_ROUTE, "X-Request-Id: seven"),
                get("Header, absent", "/header", NO_ROUTE),
                get("Query", "/query?green", routed("a", "GET /query?green")),
                get("Query, absent", "/query?blue=1", NO_ROUTE),
                get(
                        "Query with a regex",
                        "/query-regex?red=green",
                        routed("a", "GET /query-regex?red=green")),
                get("Query, no match", "/query-regex?red=greet1", NO_ROUTE),
                get("Cookie", "/cookie", routed("a", "GET /cookie"), "Cookie: chocolate=chip"),
                get("Cookie, no match", "/cookie", NO_ROUTE, "Cookie: chocolate=bar"),
                get("After", "/after", routed("a", "GET /after")),
                get("Before, over", "/before", NO_ROUTE),
                get("Between", "/between", routed("a", "GET /between")),
                get("RemoteAddr", "/remote-addr", routed("a", "GET /remote-addr")),
                get("RemoteAddr, elsewhere", "/remote-addr-elsewhere", NO_ROUTE),
                get(
                        "XForwardedRemoteAddr",
                        "/forwarded-addr",
                        routed("a", "GET /forwarded-addr"),
                        "X-Forwarded-For: 203.0.113.9"),
                get("XForwardedRemoteAddr, no match", "/forwarded-addr", NO_ROUTE),
                get("order", "/order", routed("b", "GET /order")));
    }

    private static List<DropInCase> requestFilters(String elsewhere) {
        return List.of(
                get("RewritePath", "/rewrite/x/y?q=1", routed("a", "GET /new/x/y?q=1")),
                get("StripPrefix", "/strip/one/two", routed("a", "GET /two")),
                get("PrefixPath", "/prefix/x", routed("a", "GET /before/prefix/x")),
                get("SetPath with a segment", "/set/x", routed("a", "GET /x")),
                get(
                        "request headers",
                        "/request-headers",
                        x ->
                                x.status(200)
                                        .sawHeader("X-Added", "blue")
                                        .sawHeader("X-Set", "new")
                                        .sawHeader("X-Removed")
                                        .sawHeader("X-From", "1", "2")
                                        .sawHeader("X-To", "1", "2")
                                        .sawHeader("X-Kept", "client")
                                        .sawHeader("X-Filled", "gateway"),
                        "X-Set: old",
                        "X-Removed: 1",
                        "X-From: 1",
                        "X-From: 2",
                        "X-Kept: client"),
                get(
                        "request parameters",
                        "/request-parameters?a=1&gone=2&campaign=old",
                        x -> {
                            x.status(200).sawTimes(1);
                            x.gotText("a=1").gotText("red=blue").gotText("campaign=fall2026");
                        }),
                get(
                        "PreserveHostHeader",
                        "/preserve-host",
                        x -> x.status(200).sawHeader("Host", "acme.example.org"),
                        "Host: acme.example.org"),
                get(
                        "SetRequestHostHeader",
                        "/set-host",
                        x -> x.status(200).sawHeader("Host", "shop.example.org")),
                get(
                        "RequestHeaderToRequestUri",
                        "/request-uri",
                        routed("b", "GET /request-uri?n=1"),
                        "X-New-Url: " + elsewhere + "/request-uri?n=1"),
                of(
                        "RequestSize",
                        "POST",
                        "/request-size",
                        "small",
                        x -> x.status(200).sawBody("small")),
                of(
                        "RequestSize, too large",
                        "POST",
                        "/request-size",
                        "x".repeat(101),
                        x -> x.status(413).sawTimes(0)),
                get("RequestHeaderSize", "/request-header-size", x -> x.status(200).sawTimes(1)),
                get(
                        "RequestHeaderSize, too large",
                        "/request-header-size",
                        x -> x.status(431).sawTimes(0),
                        "X-Long: " + "x".repeat(1001)),
                get(
                        "trusted-proxies, only their addresses go on",
                        "/path/1/x",
                        x ->
                                x.status(200)
                                        .sawHeader("X-Forwarded-For", "127.0.0.1")
                                        .sawHeader("X-Forwarded-Proto", "https,http"),
                        "X-Forwarded-For: 203.0.113.9",
                        "X-Forwarded-Proto: https"));
    }

    private static List<DropInCase> responseFilters() {
        return List.of(
                get(
                        "response headers",
                        "/response-headers",
                        x ->
                                x.status(200)
                                        .got("X-Response-Added", "blue")
                                        .got("X-Response-Set", "new")
                                        .got("X-Response-Removed")
                                        .got("X-Response-Rewritten", "/1?user=a&password=***&b=2")
                                        .got("X-Response-Twice", "1")
                                        .got("X-Default", "every-route"),
                        "X-Answer: X-Response-Set=old; X-Response-Removed=1;"
                                + " X-Response-Rewritten=/1?user=a&password=s&b=2;"
                                + " X-Response-Twice=1; X-Response-Twice=2"),
                get(
                        "RewriteLocationResponseHeader",
                        "/location",
                        x -> x.status(302).got("Location", "http://acme.example.org/x"),
                        "Host: acme.example.org",
                        "X-Answer: status=302; Location=http://inner.example:99/v1/x"),
                get(
                        "SecureHeaders",
                        "/secure-headers",
                        x ->
                                x.status(200)
                                        .got("X-Frame-Options", "DENY")
                                        .got("X-Content-Type-Options", "nosniff")
                                        .got("Referrer-Policy", "no-referrer")),
                get("SetStatus", "/set-status", x -> x.status(202).sawTimes(1)),
                get(
                        "RedirectTo",
                        "/redirect",
                        x -> x.status(302).got("Location", "https://shop.example/").sawTimes(0)),
                get("no://op", "/no-op", x -> x.status(410).sawTimes(0)),
                get(
                        "an upstream's own error",
                        "/path/1/x",
                        x -> x.status(503).gotText("a GET").got("X-Default", "every-route"),
                        "X-Answer: status=503; Content-Type=text/x-own; Cache-Control=max-age=1"),
                get(
                        "an upstream's security headers",
                        "/path/1/x",
                        x ->
                                x.status(200)
                                        .got("Cache-Control", "public")
                                        .got("X-Frame-Options", "ALLOW")
                                        .got("Set-Cookie", "a=1", "b=2"),
                        "X-Answer: Cache-Control=public; X-Frame-Options=ALLOW;"
                                + " Set-Cookie=a=1; Set-Cookie=b=2"));
    }

    private static List<DropInCase> failures() {
        return List.of(
                get(
                        "Retry",
                        "/retry",
                        x -> x.status(200).sawTimes(3),
                        "X-Answer: status=502; first=2"),
                get(
                        "Retry, given up",
                        "/retry",
                        x -> x.status(503).sawTimes(4),
                        "X-Answer: status=503"),
                get(
                        "Retry, another status",
                        "/retry",
                        x -> x.status(409).sawTimes(1),
                        "X-Answer: status=409; first=1"),
                of(
                        "Retry, another method",
                        "PUT",
                        "/retry",
                        "x",
                        x -> x.status(502).sawTimes(1),
                        "X-Answer: status=502; first=1"),
                of(
                        "Retry with CacheRequestBody",
                        "POST",
                        "/retry-body",
                        "whole",
                        x -> x.status(200).sawTimes(3).sawBody("whole"),
                        "X-Answer: status=503; first=2"),
                get(
                        "CircuitBreaker by status",
                        "/circuit-breaker",
                        x -> x.status(200).gotText("b GET /fallback").sawTimes(2),
                        "X-Answer: status=500; first=1"),
                get(
                        "CircuitBreaker by error, with FallbackHeaders",
                        "/circuit-breaker-unreachable",
                        x -> {
                            x.status(200).saw("b", "GET /fallback");
                            x.sawHeader(
                                    "Execution-Exception-Type",
                                    "io.netty.channel.AbstractChannel$AnnotatedConnectException");
                        }),
                get(
                        "CircuitBreaker's own time limit",
                        "/circuit-breaker-bare",
                        x -> x.status(504),
                        "X-Answer: delay=10000"),
                get(
                        "response-timeout",
                        "/response-timeout",
                        x -> x.status(504).sawTimes(1),
                        "X-Answer: delay=10000"),
                get("connect-timeout", "/connect-timeout", x -> x.status(502)).unlikeStock(),
                get("connection refused", "/unreachable", x -> x.status(502)).unlikeStock());
    }

    private static List<DropInCase> otherTargets() {
        return List.of(
                get(
                        "forward:",
                        "/forward",
                        x ->
                                x.status(200)
                                        .saw("a", "GET /path/forwarded/on")
                                        .sawHeader("X-Segment", "item-forwarded")),
                get("lb:// over simple discovery", "/lb/x?y=1", routed("a", "GET /x?y=1")),
                of(
                        "globalcors, preflight",
                        "OPTIONS",
                        "/cors/x",
                        "",
                        x ->
                                x.status(200)
                                        .got("Access-Control-Allow-Origin", "https://shop.example")
                                        .sawTimes(0),
                        "Origin: https://shop.example",
                        "Access-Control-Request-Method: PUT"),
                get(
                        "globalcors, another origin",
                        "/cors/x",
                        x -> x.status(403).sawTimes(0),
                        "Origin: https://other.example"));
    }
}
