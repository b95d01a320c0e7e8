package io.sluice.it;

import static io.sluice.it.Attack.framing;
import static io.sluice.it.Attack.get;
import static io.sluice.it.Attack.harmless;
import static io.sluice.it.Attack.refused;
import static io.sluice.it.Attack.request;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Request lines, hosts and headers that say one thing to the gateway and another to an upstream.
 */
final class HeadAttacks {

    private HeadAttacks() {}

    static Stream<Attack> all() {
        List<Attack> rows = new ArrayList<>();
        sizes(rows);
        hosts(rows);
        methods(rows);
        forwarding(rows);
        hopByHop(rows);
        return rows.stream();
    }

    private static void sizes(List<Attack> rows) {
        rows.add(refused("B4 header of 9000", get("/public/x", "X-L: " + "a".repeat(9000)), 431));
        String[] some = lines(90);
        String[] many = lines(200);
        rows.add(harmless("B5 ninety headers", get("/public/x", some), r -> true));
        rows.add(refused("B5 two hundred headers", get("/public/x", many), 431));
        rows.add(refused("B5 two thousand headers", get("/public/x", lines(2000)), 431));
        rows.add(refused("C23 target of 5000", get("/public/" + "a".repeat(5000)), 414));
        rows.add(
                harmless(
                        "B3 bytes outside ASCII in a value",
                        get("/public/x", "X-Name: \u00e4\u00ff"),
                        r -> r.values("X-Name").equals(List.of("\u00e4\u00ff"))));
    }

    private static String[] lines(int count) {
        return Stream.iterate(0, i -> i + 1)
                .limit(count)
                .map(i -> "X" + i + ": 1")
                .toArray(String[]::new);
    }

    private static void hosts(List<Attack> rows) {
        for (String host :
                List.of(
                        "",
                        "Host: a\r\nHost: a\r\n",
                        "Host: a\r\nhost: b\r\n",
                        "Host: \r\n",
                        "Host: a,b\r\n",
                        "Host: a b\r\n",
                        "Host: u@a\r\n",
                        "Host: a/b\r\n",
                        "Host: a:0x50\r\n",
                        "Host: a:65536\r\n",
                        "Host: [::1\r\n",
                        "Host: a%00b\r\n")) {
            rows.add(refused("D1 " + host, "GET /public/x HTTP/1.1\r\n" + host + "\r\n", 400));
        }
        for (String host : List.of("evil", "shop.evil", "shops.example", "127.0.0.1", "[::1]")) {
            rows.add(
                    refused(
                            "D4 Host " + host,
                            "GET /public/x HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
                            421));
        }
        rows.add(refused("D4 no Host in HTTP/1.0", "GET /public/x HTTP/1.0\r\n\r\n", 421));
        for (String host : List.of("SHOP:8080", "a.b.shops.example")) {
            rows.add(
                    harmless(
                            "D4 Host " + host,
                            "GET /public/x HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
                            r -> r.values("X-Forwarded-Host").equals(List.of(host))));
        }
        for (String target :
                List.of(
                        "http://evil/public/x",
                        "http://shop:81/public/x",
                        "https://evil/public/x",
                        "http://shop@evil/public/x",
                        "http://shop\\@evil/public/x",
                        "http:///public/x",
                        "ftp://shop/public/x",
                        "shop:80",
                        "public/x",
                        "*")) {
            rows.add(refused("D absolute " + target, get(target), 400));
        }
        rows.add(
                harmless(
                        "D absolute, same host",
                        get("http://SHOP:80/public/x"),
                        r -> r.line().startsWith("GET /public/x ")));
    }

    private static void methods(List<Attack> rows) {
        for (String method :
                List.of("TRACE", "TRACK", "get", "Get", "FOO", "PROPFIND", "DEBUG", "GETX")) {
            rows.add(refused("C19 " + method, request(method, "/public/x") + "\r\n", 405));
        }
        rows.add(refused("C17 CONNECT", request("CONNECT", "shop:443") + "\r\n", 400, 405));
        rows.add(refused("C17 CONNECT of a path", request("CONNECT", "/public/x") + "\r\n", 405));
        rows.add(refused("C17 OPTIONS *", request("OPTIONS", "*") + "\r\n", 400, 404, 405));
        rows.add(framing("C20 GE(T", request("GE(T", "/public/x") + "\r\n"));
        rows.add(framing("C20 three words", "GET /public/x HTTP/1.1 x\r\nHost: shop\r\n\r\n"));
        rows.add(framing("C20 HTTP/0.9", "GET /public/x\r\n\r\n"));
        rows.add(framing("C20 HTTP/2.0", "GET /public/x HTTP/2.0\r\nHost: shop\r\n\r\n"));
        rows.add(framing("C20 PRI", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        rows.add(framing("C20 HTTP/3.0", "GET /public/x HTTP/x.1\r\nHost: shop\r\n\r\n"));
        rows.add(
                harmless(
                        "G1 upgrade to h2c",
                        get(
                                "/public/x",
                                "Connection: Upgrade, HTTP2-Settings",
                                "Upgrade: h2c",
                                "HTTP2-Settings: AAMAAABkAAQAAP__"),
                        r ->
                                r.values("Upgrade").isEmpty()
                                        && r.values("HTTP2-Settings").isEmpty()));
    }

    private static void forwarding(List<Attack> rows) {
        for (String header :
                List.of(
                        "X-Forwarded-For",
                        "x_forwarded_for",
                        "X.Forwarded.For",
                        "X-Forwarded-Host",
                        "X-Forwarded-Proto",
                        "X-Forwarded-Port",
                        "X-Forwarded-Prefix",
                        "X-Forwarded-Server",
                        "X-Forwarded-Client-Cert",
                        "X-Forwarded",
                        "Forwarded",
                        "X-Real-IP",
                        "X_Real_IP",
                        "X-Client-IP",
                        "True-Client-IP",
                        "X-Envoy-External-Address",
                        "X-Original-URL",
                        "x_original_url",
                        "X-Original-URI",
                        "X-Rewrite-URL",
                        "X-HTTP-Method-Override",
                        "X-Client-Cert",
                        "Client-Cert",
                        "Client-Cert-Chain",
                        "SSL-Client-Verify",
                        "X-SSL-Client-S-DN",
                        "Proxy",
                        "Proxy-Connection",
                        "Proxy-Authorization")) {
            rows.add(
                    harmless(
                            "B15 " + header,
                            get("/public/x", header + ": 6.6.6.6", header + ": 6.6.6.7"),
                            r ->
                                    !r.head().contains("6.6.6.")
                                            && r.values("X-Forwarded-For")
                                                    .equals(List.of("127.0.0.1"))
                                            && r.values("X-Real-IP").equals(List.of("127.0.0.1"))
                                            && r.values("X-Forwarded-Host").equals(List.of("shop"))
                                            && r.values("X-Forwarded-Proto").equals(List.of("http"))
                                            && r.values("Forwarded")
                                                    .equals(
                                                            List.of(
                                                                    "for=127.0.0.1;proto=http;"
                                                                            + "host=\"shop\""))));
        }
    }

    private static void hopByHop(List<Attack> rows) {
        rows.add(
                harmless(
                        "B9 Connection names headers",
                        get("/public/x", "Connection: X-Hop, X-Forwarded-For, Host", "X-Hop: 1"),
                        r ->
                                r.values("X-Hop").isEmpty()
                                        && r.values("Host").size() == 1
                                        && r.values("X-Forwarded-For").size() == 1));
        for (String header :
                List.of("Keep-Alive: 5", "TE: trailers", "Trailer: X-A", "Upgrade: foo")) {
            String name = header.substring(0, header.indexOf(':'));
            rows.add(
                    harmless(
                            "B12 " + header,
                            get("/public/x", header),
                            r -> r.values(name).isEmpty()));
        }
        rows.add(
                harmless(
                        "A25 Expect is answered here",
                        request("POST", "/public/x", "Content-Length: 2", "Expect: 100-continue")
                                + "\r\nok",
                        r -> r.values("Expect").isEmpty() && r.body().equals("ok")));
    }
}
