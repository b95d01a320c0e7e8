package io.sluice.explain.spring;

import io.sluice.explain.Explanation.Filter;
import io.sluice.pipeline.Explains;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.aop.support.AopUtils;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.OrderUtils;

/** The filters of a route in the order in which the gateway runs them. Immutable. */
final class RunningFilters {

    /** Filters that write texts which may be secret: what stands behind the equals sign is cut. */
    private static final Pattern MAY_TELL_SECRETS =
            Pattern.compile("\\[*\\w*(Header|Parameter|Cookie|Auth)\\w*\\b.*");

    private static final String ENDING = "GatewayFilterFactory";

    private final List<GlobalFilter> global;
    private final List<Explains> everywhere;

    /**
     * @param everywhere what is to be asked on every route
     */
    RunningFilters(List<GlobalFilter> global, List<Explains> everywhere) {
        this.global = List.copyOf(global);
        this.everywhere = List.copyOf(everywhere);
    }

    /** As {@code FilteringWebHandler} puts them: by order, the global ones first among equals. */
    List<Filter> of(Route route) {
        List<Filter> filters = new ArrayList<>();
        for (GlobalFilter filter : global) {
            Class<?> type = AopUtils.getTargetClass(filter);
            filters.add(new Filter(orderOf(filter), type.getSimpleName(), true));
        }
        for (GatewayFilter filter : route.getFilters()) {
            filters.add(new Filter(orderOf(filter), text(inner(filter)), false));
        }
        filters.sort(Comparator.comparingInt(Filter::order));
        return filters;
    }

    /** Those of the route that have something to say, and those of every route, in order. */
    List<Explains> explaining(Route route) {
        List<Object> speaking = new ArrayList<>(everywhere);
        route.getFilters().stream()
                .filter(f -> inner(f) instanceof Explains)
                .forEach(speaking::add);
        speaking.sort(Comparator.comparingInt(RunningFilters::orderOf));
        return speaking.stream().map(RunningFilters::inner).map(Explains.class::cast).toList();
    }

    private static int orderOf(Object filter) {
        return filter instanceof Ordered ordered
                ? ordered.getOrder()
                : OrderUtils.getOrder(AopUtils.getTargetClass(filter), Ordered.LOWEST_PRECEDENCE);
    }

    private static Object inner(Object filter) {
        Object inner = filter;
        while (inner instanceof OrderedGatewayFilter ordered) {
            inner = ordered.getDelegate();
        }
        return inner;
    }

    private static String text(Object filter) {
        String text = String.valueOf(filter);
        if (text.contains("$$Lambda") || text.startsWith(filter.getClass().getName())) {
            return filter.getClass().getNestHost().getSimpleName().replace(ENDING, "");
        }
        int equals = text.indexOf('=');
        return equals > 0 && MAY_TELL_SECRETS.matcher(text.substring(0, equals)).matches()
                ? text.substring(0, equals).stripTrailing() + " = …]"
                : text;
    }
}
