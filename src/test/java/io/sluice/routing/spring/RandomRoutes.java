package io.sluice.routing.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.BooleanSpec;
import org.springframework.cloud.gateway.route.builder.PredicateSpec;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

/** Route tables and requests out of few words, so that they meet often. Seeded. */
final class RandomRoutes {

    private static final String[] SEGMENTS = {
        "a", "b", "c", "A", "a1", "{x}", "{y}", "{y:[a-c]+}", "*", "a*", "?", "b{z}", "a.b", ""
    };
    private static final String[] TAILS = {"", "", "", "/", "/**", "/**", "/{*rest}"};
    private static final String[] ODD_PATHS = {
        "/**", "/", "a/b", "/**/b", "/{*rest}/b", "/{x:(?:a|b)}", "/{x:a\\/b}/**", "**"
    };
    private static final String[] HOSTS = {
        "a.org",
        "b.org",
        "A.org",
        "*.org",
        "**.org",
        "{s}.org",
        "{s:[ab]}.org",
        "a.*",
        "**",
        "a.org:8080",
        "a.org:{port}",
        "*:8080",
        "**.a.org",
        "x.**.org",
        "a.org.",
        "{s:a.b}.org"
    };
    private static final String[] REQUEST_PATHS = {
        "a", "b", "c", "A", "a1", "ab", "bz", "a.b", "%61", "a%20b", "a;m=1", "d", "", "a%2Fb"
    };
    private static final String[] REQUEST_HOSTS = {
        "a.org",
        "b.org",
        "A.ORG",
        "x.a.org",
        "x.y.org",
        "a.org:8080",
        "b.org:8080",
        "org",
        "a.",
        "a..org",
        "a.org.",
        ".org",
        "[::1]:8080",
        "c.net"
    };
    private static final String[] VALUES = {"v1", "v2", "V1", "v1|v3", "v.", "v1\\.2", "[v]2"};
    private static final String[] REQUEST_VALUES = {"v1", "v2", "v3", "V1", "v1.2", "v1, v2", ""};

    private final Random random;
    private final String basePath;
    private int routes;

    /**
     * @param basePath stands before the path of most requests; the gateway puts it before patterns
     */
    RandomRoutes(Random random, String basePath) {
        this.random = random;
        this.basePath = basePath;
    }

    private String one(String... of) {
        return of[random.nextInt(of.length)];
    }

    private String path() {
        if (random.nextInt(10) == 0) {
            String odd = one(ODD_PATHS);
            boolean possible = basePath.isEmpty() || !odd.matches("(/\\*\\*|/\\{\\*rest})/b");
            return possible ? odd : "/**";
        }
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            path.append('/').append(one(SEGMENTS));
        }
        String pattern = path + one(TAILS);
        // A variable may stand in a pattern once.
        return pattern.indexOf("{x}") != pattern.lastIndexOf("{x}")
                        || pattern.indexOf("{y") != pattern.lastIndexOf("{y")
                        || pattern.indexOf("{z") != pattern.lastIndexOf("{z")
                ? "/a/**"
                : pattern;
    }

    private String predicate() {
        return switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> "Path=" + path() + (random.nextInt(4) == 0 ? "," + path() : "");
            case 4, 5, 6 -> "Host=" + one(HOSTS) + (random.nextInt(4) == 0 ? ",b.org" : "");
            case 7, 8 -> "Method=" + one("GET", "POST", "GET,POST", "PUT,DELETE");
            case 9 -> "Header=X-V" + one("", ", " + one(VALUES), ", " + one(VALUES));
            case 10 -> "Query=q" + one("", ", " + one(VALUES), ", " + one(VALUES));
            case 11 -> "Cookie=c, " + one(VALUES);
            case 12 -> "Weight=" + one("g1", "g2") + ", " + random.nextInt(4);
            case 13 -> "After=2020-01-01T00:00:00Z";
            case 14 -> "Odd=" + one("true", "throw", "x-v");
            default -> "Later=" + one("true", "throw", "x-v");
        };
    }

    RouteDefinition definition() {
        String[] predicates = new String[1 + random.nextInt(3)];
        for (int i = 0; i < predicates.length; i++) {
            predicates[i] = predicate();
        }
        return Parts.definition("r" + routes++, random.nextInt(3) - 1, predicates);
    }

    List<RouteDefinition> definitions(int count) {
        List<RouteDefinition> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(definition());
        }
        return all;
    }

    RouteLocator javaRoutes(RouteLocatorBuilder.Builder builder, int count) {
        for (int i = 0; i < count; i++) {
            String id = "j" + routes++;
            int order = random.nextInt(3) - 1;
            builder.route(id, route -> combined(route.order(order)).uri("http://127.0.0.1:9"));
        }
        return builder.build();
    }

    private BooleanSpec combined(PredicateSpec spec) {
        BooleanSpec first = leaf(spec);
        return switch (random.nextInt(6)) {
            case 0 -> leaf(first.and());
            case 1 -> leaf(first.or());
            case 2 -> first.negate();
            case 3 -> first.and().not(this::leaf);
            case 4 -> leaf(leaf(first.and()).and());
            default -> first;
        };
    }

    private BooleanSpec leaf(PredicateSpec spec) {
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> spec.path(path());
            case 3, 4 -> spec.host(one(HOSTS));
            case 5 -> spec.method(one("GET", "POST"));
            case 6 -> spec.weight(one("g1", "g2"), random.nextInt(4));
            default -> spec.header("X-V", one(VALUES));
        };
    }

    MockServerHttpRequest request() {
        StringBuilder uri = new StringBuilder(random.nextInt(10) == 0 ? "" : basePath);
        for (int i = random.nextInt(3); i >= 0; i--) {
            uri.append('/').append(one(REQUEST_PATHS));
        }
        if (random.nextInt(20) == 0) {
            uri.setLength(0);
        }
        if (random.nextInt(4) == 0) {
            uri.append("?q").append(one("", "=v1", "=v2", "=V1", "=v1.2", "=v3&q=v2"));
        }
        MockServerHttpRequest.BodyBuilder request =
                MockServerHttpRequest.method(
                        HttpMethod.valueOf(one("GET", "GET", "POST", "PUT", "PURGE")),
                        java.net.URI.create("http://server" + uri));
        if (random.nextInt(8) != 0) {
            request.header("Host", one(REQUEST_HOSTS));
        }
        if (random.nextInt(3) == 0) {
            request.header("X-V", one(REQUEST_VALUES));
        }
        if (random.nextInt(5) == 0) {
            request.header("X-Odd", "yes");
        }
        if (random.nextInt(4) == 0) {
            request.cookie(new HttpCookie("c", one("v1", "v2", "v1.2")));
        }
        return request.build();
    }
}
