package io.sluice.routing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads Spring's path patterns: literal segments, <code>{x}</code>, {@code *}, {@code ?} and
 * regular expressions within one segment, {@code **} and <code>{*x}</code> at the end. Stateless.
 */
public final class PathShapes {

    private PathShapes() {}

    /**
     * The condition that one of these patterns matches, or {@code null} when some pattern is not
     * understood well enough.
     *
     * @param patterns with the base path, if there is one
     */
    public static @Nullable Condition condition(List<String> patterns) {
        List<Shape> shapes = new ArrayList<>(patterns.size());
        for (String pattern : patterns) {
            Shape shape = shape(pattern);
            if (shape == null) {
                return null;
            }
            shapes.add(shape);
        }
        return shapes.isEmpty() ? null : new Condition.Shaped(Dimension.PATH, shapes);
    }

    private static @Nullable Shape shape(String pattern) {
        if (!pattern.startsWith("/") || pattern.indexOf('\\') >= 0 || Groups.in(pattern)) {
            return null;
        }
        String[] segments = pattern.substring(1).split("/", -1);
        List<String> steps = new ArrayList<>(segments.length);
        for (int i = 0; i < segments.length; i++) {
            String segment = segments[i];
            if (segment.equals("**") || segment.startsWith("{*")) {
                return i == segments.length - 1 ? new Shape(steps, true) : null;
            }
            if (!balanced(segment)) {
                return null;
            }
            steps.add(literal(segment) ? Fold.lower(segment) : Shape.ANY);
        }
        return new Shape(steps, false);
    }

    private static boolean literal(String segment) {
        return segment.chars().noneMatch(c -> c == '{' || c == '}' || c == '*' || c == '?');
    }

    private static boolean balanced(String segment) {
        return segment.chars().filter(c -> c == '{').count()
                == segment.chars().filter(c -> c == '}').count();
    }

    /**
     * A request's path as steps.
     *
     * @param segments what stands after each slash, decoded; a trailing slash ends in an empty one
     */
    public static List<String> steps(List<String> segments) {
        List<String> steps = new ArrayList<>(segments.size());
        for (String segment : segments) {
            steps.add(Fold.lower(segment));
        }
        return steps;
    }
}
