package io.sluice.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * Reads Ant-style host patterns with the separator {@code .}, such as <code>{sub}.example.org
 * </code> or {@code **.example.org:8080}, as labels from the right. The port is left out of both
 * the patterns and the requests' hosts, as a port may or may not be compared. Stateless.
 */
public final class HostShapes {

    private HostShapes() {}

    /**
     * The condition that one of these patterns matches, or {@code null} when some pattern is not
     * understood well enough.
     */
    public static @Nullable Condition condition(List<String> patterns) {
        List<Shape> shapes = new ArrayList<>(patterns.size());
        for (String pattern : patterns) {
            if (Groups.in(pattern)) {
                return null;
            }
            shapes.addAll(shapes(pattern));
        }
        return shapes.isEmpty() ? null : new Condition.Shaped(Dimension.HOST, shapes);
    }

    private static List<Shape> shapes(String pattern) {
        List<String> labels = labels(pattern);
        List<String> steps = new ArrayList<>(labels.size());
        for (int i = labels.size() - 1; i >= 0; i--) {
            String label = labels.get(i);
            if (label.equals("**")) {
                return List.of(new Shape(steps, true));
            }
            String host = i == labels.size() - 1 ? withoutPort(label) : label;
            steps.add(literal(host) ? Fold.lower(host) : Shape.ANY);
        }
        Shape shape = new Shape(steps, false);
        boolean endsInAny = !labels.isEmpty() && labels.get(labels.size() - 1).equals("*");
        // "a.*" also matches "a.", where the last label is missing.
        return endsInAny
                ? List.of(shape, new Shape(steps.subList(1, steps.size()), false))
                : List.of(shape);
    }

    private static boolean literal(String label) {
        return label.chars().noneMatch(c -> c == '{' || c == '}' || c == '*' || c == '?');
    }

    /**
     * A request's host as steps.
     *
     * @param host the Host header, with or without a port; {@code null} where there is none
     */
    public static List<String> steps(@Nullable String host) {
        if (host == null) {
            return List.of();
        }
        List<String> labels = labels(host);
        List<String> steps = new ArrayList<>(labels.size());
        for (int i = labels.size() - 1; i >= 0; i--) {
            String label = i == labels.size() - 1 ? withoutPort(labels.get(i)) : labels.get(i);
            steps.add(Fold.lower(label));
        }
        return steps;
    }

    /** Empty labels count for nothing, as in Spring's matcher. */
    private static List<String> labels(String host) {
        StringTokenizer tokens = new StringTokenizer(host, ".");
        List<String> labels = new ArrayList<>(tokens.countTokens());
        while (tokens.hasMoreTokens()) {
            labels.add(tokens.nextToken());
        }
        return labels;
    }

    private static String withoutPort(String label) {
        int colon = label.indexOf(':');
        return colon < 0 ? label : label.substring(0, colon);
    }
}
