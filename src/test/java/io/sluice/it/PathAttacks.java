package io.sluice.it;

import static io.sluice.it.Attack.get;
import static io.sluice.it.Attack.harmless;
import static io.sluice.it.Attack.refused;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Paths that the gateway's rule and the upstream's router could read differently. */
final class PathAttacks {

    private PathAttacks() {}

    static Stream<Attack> all() {
        List<Attack> rows = new ArrayList<>();
        for (String path :
                List.of(
                        "/public/../admin/x",
                        "/public/./x",
                        "/public/..",
                        "/public/%2e%2e/admin/x",
                        "/public/.%2e/admin/x",
                        "/public/%2E./admin/x",
                        "/public/..;/admin/x",
                        "/public/..;a=1/admin/x",
                        "/public/..%3b/admin/x",
                        "/public/..%2fadmin",
                        "/public/%2e%2e%2fadmin",
                        "/public/..%5cadmin",
                        "/public/..\\admin",
                        "/public/%252e%252e/admin",
                        "/public/%25252e%25252e/admin",
                        "/public/..%252fadmin",
                        "/public//../admin/x",
                        "/public//x",
                        "//public/x",
                        "//admin/x",
                        "/;/admin/x",
                        "/admin;x=1/y",
                        "/public;x=1/y",
                        "/public/a;b",
                        "/public/a%2fb",
                        "/public/a%00b",
                        "/public/a%0d%0ab",
                        "/public/a%09b",
                        "/public/%",
                        "/public/%zz",
                        "/public/%u002e",
                        "/public/%c0%ae%c0%ae/admin",
                        "/public/%e0%80%af",
                        "/public/%ff",
                        "/public/\u00e9",
                        "/public/a\u0001b",
                        "/public/a<b>",
                        "/public/a\"b",
                        "/public/x#fragment",
                        "/public/x?a=1#fragment",
                        "/strip//admin/x",
                        "/strip/%2e%2e/admin/x",
                        "/rewrite//admin/x",
                        "/rewrite/./admin",
                        "/join/./.",
                        "/relaxed/..%2fadmin",
                        "/relaxed/a%2f..%2f..%2fadmin",
                        "/relaxed/..;/admin",
                        "/relaxed/a%5cb",
                        "/relaxed/a%252fb",
                        "/relaxed/;/x")) {
            rows.add(refused("C " + path, get(path), 400));
        }
        for (String path :
                List.of(
                        "/%2fadmin/x",
                        "/admin%2fx", "/ADMIN/x", "/Public/x", "/publicx", "/.public/x")) {
            rows.add(refused("C11 " + path, get(path), 404));
        }
        for (String path : List.of("/admin/x", "/admin", "/admin/", "/%61dmin/x")) {
            rows.add(refused("C10 " + path, get(path), 401));
        }
        asItIs(rows, "/public/a%20b", "/public/a%20b");
        asItIs(rows, "/public/caf%C3%A9", "/public/caf%C3%A9");
        asItIs(rows, "/public/100%25", "/public/100%25");
        asItIs(rows, "/public/a%3Bb", "/public/a%3Bb");
        asItIs(rows, "/public/x?x=..%2f&y=/../%00", "/public/x?x=..%2f&y=/../%00");
        asItIs(rows, "/public/%23", "/public/%23");
        asItIs(rows, "/strip/@evil.com/x", "/@evil.com/x");
        asItIs(rows, "/strip/@evil.com:80/x", "/@evil.com:80/x");
        asItIs(rows, "/rewrite/@evil.com:80/x", "/in/@evil.com:80/x");
        asItIs(rows, "/relaxed/a%2Fb", "/relaxed/a%2Fb");
        asItIs(rows, "/relaxed/a;v=1/b", "/relaxed/a;v=1/b");
        // The route's own filter makes "/join/" + "." + "." of two harmless pieces.
        rows.add(refused("C8 joined dots", get("/join/.a/.b"), 400));
        return rows.stream();
    }

    private static void asItIs(List<Attack> rows, String sent, String arrives) {
        rows.add(
                harmless(
                        "C " + sent,
                        get(sent),
                        r -> r.line().equals("GET " + arrives + " HTTP/1.1")));
    }
}
