package io.sluice.ratelimit.spring;

import java.util.ArrayList;
import java.util.List;

/** Routes and limits as properties. */
final class Routes {

    private final List<String> properties = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();

    /**
     * A route for {@code /id/**} with these filters in short form; or, when the first has no
     * arguments, one filter by name with the named arguments that follow.
     */
    Routes add(String id, String... filters) {
        String route = route(ids.size());
        ids.add(id);
        set(route + "id=" + id);
        set(route + "uri=${upstream}");
        set(route + "predicates[0]=Path=/" + id + "/**");
        if (filters[0].contains("=")) {
            for (int i = 0; i < filters.length; i++) {
                set(route + "filters[" + i + "]=" + filters[i]);
            }
        } else {
            set(route + "filters[0].name=" + filters[0]);
            for (int i = 1; i < filters.length; i += 2) {
                set(route + "filters[0].args." + filters[i] + "=" + filters[i + 1]);
            }
        }
        return this;
    }

    /** Points a route elsewhere. */
    Routes to(String id, String uri) {
        String name = route(ids.indexOf(id)) + "uri=";
        properties.removeIf(property -> property.startsWith(name));
        return set(name + uri);
    }

    /** A limit that gains one token an hour. */
    Routes limit(String name, String key, long capacity) {
        String limit = "sluice.rate-limits." + name + ".";
        return set(limit + "key=" + key)
                .set(limit + "capacity=" + capacity)
                .set(limit + "refill-tokens=1")
                .set(limit + "refill-period=1h");
    }

    Routes set(String property) {
        properties.add(property);
        return this;
    }

    String[] properties() {
        return properties.toArray(String[]::new);
    }

    private static String route(int index) {
        return "spring.cloud.gateway.server.webflux.routes[" + index + "].";
    }
}
