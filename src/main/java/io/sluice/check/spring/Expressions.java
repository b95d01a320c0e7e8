package io.sluice.check.spring;

import java.util.ArrayList;
import java.util.List;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * The regular expressions within a route's path and host patterns. Those that are arguments of
 * their own are judged by a start. Stateless.
 */
final class Expressions {

    private Expressions() {}

    static List<String> of(RouteDefinition route) {
        List<String> found = new ArrayList<>();
        for (PredicateDefinition predicate : route.getPredicates()) {
            String name = Written.name(predicate);
            if (name.equals("Path") || name.equals("Host")) {
                predicate.getArgs().values().forEach(pattern -> inBraces(found, pattern));
            }
        }
        return found;
    }

    /** Of {@code {name:expression}}; braces in the expression are counted. */
    private static void inBraces(List<String> found, String pattern) {
        int open = pattern.indexOf('{');
        while (open >= 0) {
            int depth = 1;
            int end = open + 1;
            while (end < pattern.length() && depth > 0) {
                depth += pattern.charAt(end) == '{' ? 1 : pattern.charAt(end) == '}' ? -1 : 0;
                end++;
            }
            String inside = pattern.substring(open + 1, Math.max(open + 1, end - 1));
            int colon = inside.indexOf(':');
            if (colon >= 0) {
                found.add(inside.substring(colon + 1));
            }
            open = pattern.indexOf('{', end);
        }
    }
}
