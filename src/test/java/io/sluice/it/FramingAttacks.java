package io.sluice.it;

import static io.sluice.it.Attack.framing;
import static io.sluice.it.Attack.get;
import static io.sluice.it.Attack.harmless;
import static io.sluice.it.Attack.post;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Requests whose end two readers would see in different places (RFC 9112 sections 6 and 7). */
final class FramingAttacks {

    private static final String CHUNKED = "Transfer-Encoding: chunked";
    private static final String END = "0\r\n\r\n";

    private FramingAttacks() {}

    static Stream<Attack> all() {
        List<Attack> rows = new ArrayList<>();
        rows.add(framing("A1 length, then chunked", post("Content-Length: 5\n" + CHUNKED, END)));
        rows.add(framing("A1 chunked, then length", post(CHUNKED + "\nContent-Length: 5", END)));
        for (String length :
                List.of(
                        "5\nContent-Length: 5",
                        "5\nContent-Length: 6",
                        "5, 5",
                        "5, 6",
                        "5,",
                        "+5",
                        "-1",
                        "0x5",
                        "5_0",
                        "5 5",
                        "",
                        "18446744073709551617",
                        "9223372036854775808",
                        "\u0665",
                        "five")) {
            rows.add(framing("A2 length " + length, post("Content-Length: " + length, "hello")));
        }
        for (String name :
                List.of("Content-Length : 5", "Content-Length\t: 5", "Content-Length\u000b: 5")) {
            rows.add(framing("A5 " + name, post(name, "hello")));
        }
        for (String coding :
                List.of(
                        "xchunked",
                        "identity",
                        "\"chunked\"",
                        "chunked, xchunked",
                        "xchunked, chunked",
                        "chunked, chunked",
                        "chunked\nTransfer-Encoding: chunked",
                        "chunked\nTransfer-Encoding: identity",
                        "identity\nTransfer-Encoding: chunked",
                        "chunked, identity",
                        "chunked;q=1",
                        "chunked,",
                        ", chunked",
                        "gzip",
                        "",
                        "\u000bchunked",
                        "\n chunked",
                        "chunked\u0000",
                        "chunk")) {
            rows.add(framing("A6 coding " + coding, post("Transfer-Encoding: " + coding, END)));
        }
        for (String coding : List.of("gzip", "identity", "xchunked", "")) {
            rows.add(
                    framing(
                            "A9 coding and length " + coding,
                            post("Transfer-Encoding: " + coding + "\nContent-Length: 3", "abc")));
        }
        rows.add(framing("A5 Transfer-Encoding :", post("Transfer-Encoding : chunked", END)));
        rows.add(
                harmless(
                        "A11 CHUNKED after a tab",
                        post("Transfer-Encoding:\tCHUNKED", "5\r\nhello\r\n" + END),
                        r -> r.body().equals("hello")));
        rows.add(
                framing(
                        "A12 chunked in HTTP/1.0",
                        post(CHUNKED, END).replace("HTTP/1.1", "HTTP/1.0")));
        chunks(rows);
        bodies(rows);
        pipelines(rows);
        return rows.stream();
    }

    private static void chunks(List<Attack> rows) {
        for (String body :
                List.of(
                        "zz\r\nhello\r\n" + END,
                        "0x5\r\nhello\r\n" + END,
                        "-5\r\nhello\r\n" + END,
                        "+5\r\nhello\r\n" + END,
                        "5_\r\nhello\r\n" + END,
                        "10000000000000005\r\nhello\r\n" + END,
                        "ffffffffffffffff\r\nhello\r\n" + END,
                        "\r\nhello\r\n" + END,
                        "5\nhello\r\n" + END,
                        "5\r\nhello" + END,
                        "5\r\nhelloXX" + END,
                        "5\r\nhello\n" + END,
                        "5\rXhello\r\n" + END,
                        "5;a=\nb\r\nhello\r\n" + END,
                        "5;a=\"\r\nx\"\r\nhello\r\n" + END,
                        "5\r\nhelloworld\r\n" + END,
                        "5;" + "a".repeat(64 * 1024) + "\r\nhello\r\n" + END)) {
            String shown = body.length() > 60 ? body.substring(0, 60) : body;
            // What was read before the broken chunk may be on its way: the upstream sees no end.
            rows.add(
                    new Attack(
                            "A13 chunk " + shown,
                            post(CHUNKED, body),
                            Set.of(0, 400, 414),
                            true,
                            true,
                            r -> r.body().isEmpty()));
        }
        rows.add(
                harmless(
                        "A17 chunk of one byte, ten thousand times",
                        post(CHUNKED, "1\r\nx\r\n".repeat(10_000) + END),
                        r -> r.body().length() == 10_000));
        rows.add(
                harmless(
                        "A18 identity and length as trailers",
                        post(CHUNKED, "0\r\nX-User-Id: evil\r\nContent-Length: 9\r\n\r\n"),
                        r -> !(r.head() + r.body()).contains("evil") && r.body().isEmpty()));
    }

    /** Content codings are the upstream's matter: what is squeezed stays squeezed. */
    private static void bodies(List<Attack> rows) {
        String bomb =
                new String(
                        StreamUpstream.gzipped("0".repeat(20_000_000)),
                        StandardCharsets.ISO_8859_1);
        for (String path : List.of("/public/x", "/cached/x")) {
            rows.add(
                    harmless(
                            "B19 squeezed body for " + path,
                            body(path, "Content-Encoding: gzip", bomb),
                            r -> r.body().equals(bomb)));
        }
        rows.add(
                Attack.refused(
                        "B19 body larger than a filter keeps",
                        body("/cached/x", "X-A: b", "0".repeat(1_000_000)),
                        413));
    }

    private static String body(String path, String header, String body) {
        return Attack.request("POST", path, header, "Content-Length: " + body.length())
                + "\r\n"
                + body;
    }

    private static void pipelines(List<Attack> rows) {
        rows.add(
                harmless(
                        "A19 GET with a body that looks like a request",
                        Attack.request("GET", "/public/x", "Content-Length: 27")
                                + "\r\nGET /admin/x HTTP/1.1\r\n\r\n\r\n",
                        r -> r.line().startsWith("GET /public/x")));
        rows.add(
                harmless(
                        "A20 second request in the same bytes",
                        post("Content-Length: 0", "") + get("/admin/x"),
                        r -> r.line().startsWith("POST /public/x")));
        rows.add(harmless("A21 empty lines first", "\r\n\r\n" + get("/public/x"), r -> true));
        for (String head :
                List.of(
                        "GET /public/x HTTP/1.1\nHost: shop\n\n",
                        "GET /public/x HTTP/1.1\r\nHost: shop\nX: y\r\n\r\n",
                        "GET /public/x HTTP/1.1\r\nHost: shop\rX: y\r\n\r\n",
                        "GET /public/x HTTP/1.1\r\nHost: shop\r\r\n\r\n",
                        get("/public/x", "X-Nul: a\0b"),
                        get("/public/x", "X-\0: a"),
                        get("/public/x", "NoColon"),
                        get("/public/x", ": no name"),
                        "GET /public/x HTTP/1.1\r\n Host: shop\r\n\r\n",
                        get("/public/x", "X-User-Id:\r\n evil"),
                        get("/public/x", "X-User-Id : evil"),
                        get("/public/x", "X-User-Id\t: evil"),
                        get("/public/x", "X-User\u00ad-Id: evil"),
                        get("/public/x", "X(User): evil"))) {
            rows.add(framing("B1 " + head, head));
        }
        rows.add(
                harmless(
                        "B1 folded value",
                        get("/public/x", "X-Folded: a\r\n b"),
                        r -> r.values("X-Folded").equals(List.of("a b"))));
    }
}
