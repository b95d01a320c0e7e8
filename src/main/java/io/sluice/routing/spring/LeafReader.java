package io.sluice.routing.spring;

import io.sluice.routing.Condition;
import io.sluice.routing.Dimension;
import io.sluice.routing.ExactValues;
import io.sluice.routing.HostShapes;
import io.sluice.routing.PathShapes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.handler.predicate.AfterRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.BeforeRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.BetweenRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.CookieRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.HeaderRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.HostRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.MethodRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.QueryRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.WeightRoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.support.HasConfig;
import org.springframework.http.HttpMethod;
import org.springframework.util.AntPathMatcher;
import org.springframework.util.StringUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * What a single predicate says about the requests it holds for.
 *
 * <p>A predicate is known by the factory whose class its own class stands in: a subclass or a
 * replacement is not taken for the original. Stateless.
 */
final class LeafReader {

    /** What is known of one predicate. */
    sealed interface Reading {}

    /** It holds for such requests only; testing it changes nothing and cannot fail. */
    record Requires(Condition condition) implements Reading {}

    /** Testing it changes nothing and cannot fail; whom it holds for cannot be said. */
    record Harmless() implements Reading {}

    /** It may do anything, so every request that reaches it must be put to it. */
    record Unknown() implements Reading {}

    private static final Harmless HARMLESS = new Harmless();
    private static final Unknown UNKNOWN = new Unknown();

    private static final Set<Class<?>> WITHOUT_EFFECT =
            Set.of(
                    AfterRoutePredicateFactory.class,
                    BeforeRoutePredicateFactory.class,
                    BetweenRoutePredicateFactory.class,
                    WeightRoutePredicateFactory.class);

    private LeafReader() {}

    static Reading read(Object leaf) {
        if (leaf.getClass().getNestHost() == RouteDefinitionRouteLocator.class) {
            // The always-true lambda that every definition's predicate begins with.
            return HARMLESS;
        }
        Class<?> factory = leaf.getClass().getEnclosingClass();
        if (factory == null) {
            return UNKNOWN;
        }
        if (factory == PathRoutePredicateFactory.class) {
            return required(path(leaf));
        }
        if (factory == HostRoutePredicateFactory.class) {
            return required(host(leaf));
        }
        if (factory == MethodRoutePredicateFactory.class) {
            return required(method(leaf));
        }
        return WITHOUT_EFFECT.contains(factory) ? HARMLESS : byConfig(leaf, factory);
    }

    private static Reading byConfig(Object leaf, Class<?> factory) {
        Object config = leaf instanceof HasConfig has ? has.getConfig() : null;
        if (factory == HeaderRoutePredicateFactory.class
                && config instanceof HeaderRoutePredicateFactory.Config header) {
            return valued(header.getHeader(), header.getRegexp(), Dimension::header, HARMLESS);
        }
        if (factory == CookieRoutePredicateFactory.class
                && config instanceof CookieRoutePredicateFactory.Config cookie) {
            return valued(cookie.getName(), cookie.getRegexp(), Dimension::cookie, UNKNOWN);
        }
        if (factory == QueryRoutePredicateFactory.class
                && config instanceof QueryRoutePredicateFactory.Config query
                && query.getPredicate() == null) {
            return valued(query.getParam(), query.getRegexp(), Dimension::query, UNKNOWN);
        }
        return UNKNOWN;
    }

    private static Reading required(@Nullable Condition condition) {
        return condition == null ? UNKNOWN : new Requires(condition);
    }

    private interface DimensionOf {
        Dimension of(String name);
    }

    /**
     * @param invalid what it is when its expression cannot be compiled: a header's was compiled
     *     with the route, the others' are with each request
     */
    private static Reading valued(
            @Nullable String name, @Nullable String regex, DimensionOf dimension, Reading invalid) {
        if (name == null || !StringUtils.hasText(name)) {
            return UNKNOWN;
        }
        if (regex == null || !StringUtils.hasText(regex)) {
            return HARMLESS;
        }
        Set<String> values = ExactValues.of(regex);
        if (values != null) {
            return new Requires(Condition.values(dimension.of(name), values));
        }
        return compiles(regex) ? HARMLESS : invalid;
    }

    private static boolean compiles(String regex) {
        try {
            Pattern.compile(regex);
            return true;
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    private static @Nullable Condition path(Object leaf) {
        List<?> captured = Hidden.captured(leaf, List.class);
        if (captured == null) {
            return null;
        }
        List<String> patterns = new ArrayList<>(captured.size());
        for (Object one : captured) {
            if (!(one instanceof PathPattern pattern)
                    || !(Hidden.named(pattern, PathPattern.class, "parser")
                            instanceof PathPatternParser parser)
                    || parser.getPathOptions().separator() != '/') {
                return null;
            }
            patterns.add(pattern.getPatternString());
        }
        return PathShapes.condition(patterns);
    }

    private static @Nullable Condition host(Object leaf) {
        HostRoutePredicateFactory factory = Hidden.captured(leaf, HostRoutePredicateFactory.class);
        Object config = leaf instanceof HasConfig has ? has.getConfig() : null;
        if (factory == null
                || !(config instanceof HostRoutePredicateFactory.Config host)
                || host.getPatterns() == null
                || host.getPatterns().contains(null)
                || !readsLabels(
                        Hidden.named(factory, HostRoutePredicateFactory.class, "pathMatcher"))) {
            return null;
        }
        return HostShapes.condition(host.getPatterns());
    }

    private static boolean readsLabels(@Nullable Object matcher) {
        return matcher != null
                && matcher.getClass() == AntPathMatcher.class
                && ".".equals(Hidden.named(matcher, AntPathMatcher.class, "pathSeparator"))
                && Boolean.FALSE.equals(Hidden.named(matcher, AntPathMatcher.class, "trimTokens"));
    }

    private static @Nullable Condition method(Object leaf) {
        MethodRoutePredicateFactory.Config config =
                Hidden.captured(leaf, MethodRoutePredicateFactory.Config.class);
        if (config == null || config.getMethods() == null) {
            return null;
        }
        Set<String> names = new HashSet<>();
        for (HttpMethod method : config.getMethods()) {
            if (method != null) {
                names.add(method.name());
            }
        }
        return Condition.values(Dimension.METHOD, names);
    }
}
