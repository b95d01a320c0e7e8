package io.sluice.check;

import io.sluice.check.RouteFacts.Predicate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Whether each request of one route is one of another's too. Says yes only where that is certain
 * from the words of the two: of expressions it knows nothing but whether they are the same.
 * Stateless.
 */
public final class Cover {

    private Cover() {}

    /** Whether every request that {@code route} matches is matched by {@code wider} as well. */
    public static boolean covers(RouteFacts wider, RouteFacts route) {
        return wider.named("Weight").isEmpty()
                && wider.predicates().stream().allMatch(asked -> follows(asked, route));
    }

    /** Whether the predicate holds for all that the route matches. */
    private static boolean follows(Predicate asked, RouteFacts route) {
        return route.predicates().stream()
                .filter(given -> given.name().equals(asked.name()))
                .anyMatch(given -> follows(asked, given));
    }

    private static boolean follows(Predicate asked, Predicate given) {
        if (asked.text().equals(given.text())) {
            return true;
        }
        return switch (asked.name()) {
            case "Path" -> eachWithin(given, asked, Cover::pathWithin);
            case "Host" -> eachWithin(given, asked, Cover::hostWithin);
            case "Method" -> methods(asked).containsAll(methods(given));
            // With an expression or a value asked for, only the same words are certain.
            case "Header", "Query", "Cookie" ->
                    asked.arguments().size() == 1
                            && !given.arguments().isEmpty()
                            && asked.arguments().get(0).equals(given.arguments().get(0));
            default -> false;
        };
    }

    private interface Within {
        boolean test(String narrow, String wide);
    }

    private static boolean eachWithin(Predicate narrow, Predicate wide, Within within) {
        return !narrow.arguments().isEmpty()
                && narrow.arguments().stream()
                        .allMatch(
                                one ->
                                        wide.arguments().stream()
                                                .anyMatch(other -> within.test(one, other)));
    }

    static Set<String> methods(Predicate predicate) {
        Set<String> methods = new HashSet<>();
        predicate.arguments().forEach(one -> methods.add(one.strip().toUpperCase(Locale.ROOT)));
        return methods;
    }

    /** Whether each path of the one pattern is one of the other's. */
    static boolean pathWithin(String narrow, String wide) {
        if (narrow.equals(wide)) {
            return true;
        }
        List<String> many = segments(narrow);
        List<String> few = segments(wide);
        int i = 0;
        for (; i < few.size(); i++) {
            String wanted = few.get(i);
            if (isRest(wanted)) {
                return i == few.size() - 1;
            }
            if (i >= many.size() || isRest(many.get(i)) || !segmentWithin(many.get(i), wanted)) {
                return false;
            }
        }
        return i == many.size();
    }

    private static List<String> segments(String pattern) {
        return new ArrayList<>(Arrays.asList(pattern.split("/", -1)));
    }

    private static boolean isRest(String segment) {
        return segment.equals("**") || (segment.startsWith("{*") && segment.endsWith("}"));
    }

    private static boolean segmentWithin(String narrow, String wide) {
        boolean any = wide.equals("*") || wide.matches("\\{[^:{}*]+}");
        // A segment that may be empty is not one of `*`.
        return narrow.equals(wide) || (any && !narrow.isEmpty());
    }

    /** Whether each host of the one pattern is one of the other's. */
    static boolean hostWithin(String narrow, String wide) {
        String lower = narrow.toLowerCase(Locale.ROOT);
        String upper = wide.toLowerCase(Locale.ROOT);
        if (lower.equals(upper) || upper.equals("**")) {
            return true;
        }
        boolean plainTail = upper.startsWith("**.") && isPlain(upper.substring(3));
        return plainTail
                && (lower.endsWith(upper.substring(2)) || lower.equals(upper.substring(3)));
    }

    private static boolean isPlain(String text) {
        return text.chars().noneMatch(c -> "*?{}".indexOf(c) >= 0);
    }
}
