package io.sluice.check;

import io.sluice.check.RouteFacts.Predicate;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the predicates of a route table say about each other. Stateless. */
public final class RouteWarnings {

    private static final String ROUTES = "spring.cloud.gateway.server.webflux.routes[";

    private RouteWarnings() {}

    /** The property under which a route is told. */
    public static String key(String id) {
        return ROUTES + id + "]";
    }

    /**
     * @param written the routes as they are written
     * @param now for predicates on time
     */
    public static List<Finding> of(List<RouteFacts> written, Instant now) {
        List<Finding> findings = new ArrayList<>();
        duplicateIds(written, findings);
        List<RouteFacts> ordered = new ArrayList<>(written);
        ordered.sort(Comparator.comparingInt(RouteFacts::order));
        for (int i = 0; i < ordered.size(); i++) {
            RouteFacts route = ordered.get(i);
            if (neverMatches(route, now, findings)) {
                continue;
            }
            shadowed(route, ordered.subList(0, i), findings);
        }
        weights(written, findings);
        return findings;
    }

    private static void duplicateIds(List<RouteFacts> routes, List<Finding> findings) {
        Set<String> seen = new HashSet<>();
        Set<String> told = new HashSet<>();
        for (RouteFacts route : routes) {
            if (!seen.add(route.id()) && told.add(route.id())) {
                findings.add(
                        Finding.warning(
                                "duplicate-route-id",
                                key(route.id()),
                                "another route has this id, and metrics, logs and limits cannot tell"
                                        + " them apart; give each its own"));
            }
        }
    }

    private static void shadowed(
            RouteFacts route, List<RouteFacts> earlier, List<Finding> findings) {
        for (RouteFacts before : earlier) {
            if (before.id().equals(route.id()) || !Cover.covers(before, route)) {
                continue;
            }
            boolean same = before.sameAs(route);
            findings.add(
                    Finding.warning(
                            same ? "duplicate-predicates" : "shadowed-route",
                            key(route.id()),
                            (same ? "has the same predicates as" : "all its requests are taken by")
                                    + " route "
                                    + before.id()
                                    + ", which is asked earlier; remove it, narrow "
                                    + before.id()
                                    + ", or give this one a lower order"));
            return;
        }
    }

    private static boolean neverMatches(RouteFacts route, Instant now, List<Finding> findings) {
        String why = contradiction(route);
        for (Predicate one : route.predicates()) {
            int end = one.name().equals("Before") ? 0 : one.name().equals("Between") ? 1 : -1;
            if (why.isEmpty() && end >= 0 && isPast(one, end, now)) {
                why = one.text() + " is over";
            }
        }
        if (!why.isEmpty()) {
            findings.add(
                    Finding.warning(
                            "never-matches",
                            key(route.id()),
                            why + ", so no request gets here; remove the route or mend it"));
        }
        return !why.isEmpty();
    }

    private static String contradiction(RouteFacts route) {
        List<Predicate> methods = route.named("Method");
        for (int i = 1; i < methods.size(); i++) {
            Set<String> first = Cover.methods(methods.get(0));
            if (Collections.disjoint(first, Cover.methods(methods.get(i)))) {
                return "no method is both "
                        + methods.get(0).text()
                        + " and "
                        + methods.get(i).text();
            }
        }
        return "";
    }

    private static boolean isPast(Predicate predicate, int argument, Instant now) {
        try {
            return predicate.arguments().size() > argument
                    && ZonedDateTime.parse(predicate.arguments().get(argument).strip())
                            .toInstant()
                            .isBefore(now);
        } catch (DateTimeException otherForm) {
            return false;
        }
    }

    private static void weights(List<RouteFacts> routes, List<Finding> findings) {
        Map<String, Long> sums = new HashMap<>();
        Map<String, String> firsts = new HashMap<>();
        for (RouteFacts route : routes) {
            for (Predicate weight : route.named("Weight")) {
                if (weight.arguments().size() == 2
                        && weight.arguments().get(1).strip().matches("\\d{1,9}")) {
                    String group = weight.arguments().get(0).strip();
                    sums.merge(group, Long.parseLong(weight.arguments().get(1).strip()), Long::sum);
                    firsts.putIfAbsent(group, route.id());
                }
            }
        }
        sums.forEach(
                (group, sum) -> {
                    if (sum == 0) {
                        findings.add(
                                Finding.warning(
                                        "weights-sum-to-zero",
                                        key(firsts.getOrDefault(group, group)),
                                        "all weights of group "
                                                + group
                                                + " are 0, so none of its routes is ever taken;"
                                                + " give one a weight"));
                    }
                });
    }
}
