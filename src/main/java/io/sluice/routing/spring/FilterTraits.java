package io.sluice.routing.spring;

import io.sluice.pipeline.Inline;
import java.util.Set;
import org.springframework.cloud.gateway.filter.AdaptCachedBodyGlobalFilter;
import org.springframework.cloud.gateway.filter.ForwardPathFilter;
import org.springframework.cloud.gateway.filter.ForwardRoutingFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.filter.RemoveCachedBodyFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.filter.WebsocketRoutingFilter;
import org.springframework.cloud.gateway.filter.factory.AddRequestHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.AddRequestHeadersIfNotPresentGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.AddRequestParameterGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.AddResponseHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.MapRequestHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.PrefixPathGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.PreserveHostHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.RemoveRequestHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.RemoveRequestParameterGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.RemoveResponseHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.RewritePathGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.SetPathGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.SetRequestHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.SetResponseHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.StripPrefixGatewayFilterFactory;
import org.springframework.core.DecoratingProxy;

/**
 * What is known of a filter from its class: those that carry {@link Inline}, and those of Spring
 * Cloud Gateway that have been read and found to keep the same promise. None of them caches a
 * request's body or changes the scheme to {@code forward}.
 */
final class FilterTraits {

    private static final Set<Class<?>> GLOBAL =
            Set.of(
                    AdaptCachedBodyGlobalFilter.class,
                    ForwardPathFilter.class,
                    ForwardRoutingFilter.class,
                    RemoveCachedBodyFilter.class,
                    RouteToRequestUrlFilter.class,
                    WebsocketRoutingFilter.class);

    /** Nothing to do where all filters are known: they serve forwards and cached bodies. */
    private static final Set<Class<?>> SPARE =
            Set.of(
                    AdaptCachedBodyGlobalFilter.class,
                    ForwardPathFilter.class,
                    ForwardRoutingFilter.class,
                    RemoveCachedBodyFilter.class);

    /** Their filters are classes inside of them. */
    private static final Set<Class<?>> FACTORIES =
            Set.of(
                    AddRequestHeaderGatewayFilterFactory.class,
                    AddRequestHeadersIfNotPresentGatewayFilterFactory.class,
                    AddRequestParameterGatewayFilterFactory.class,
                    AddResponseHeaderGatewayFilterFactory.class,
                    MapRequestHeaderGatewayFilterFactory.class,
                    PrefixPathGatewayFilterFactory.class,
                    PreserveHostHeaderGatewayFilterFactory.class,
                    RemoveRequestHeaderGatewayFilterFactory.class,
                    RemoveRequestParameterGatewayFilterFactory.class,
                    RemoveResponseHeaderGatewayFilterFactory.class,
                    RewritePathGatewayFilterFactory.class,
                    SetPathGatewayFilterFactory.class,
                    SetRequestHeaderGatewayFilterFactory.class,
                    SetResponseHeaderGatewayFilterFactory.class,
                    StripPrefixGatewayFilterFactory.class);

    private FilterTraits() {}

    static boolean isInline(Object filter) {
        Class<?> type = typeOf(filter);
        Class<?> outer = type.getEnclosingClass();
        return type.isAnnotationPresent(Inline.class)
                || GLOBAL.contains(type)
                || (outer != null && FACTORIES.contains(outer));
    }

    static boolean isSpare(Object filter) {
        return SPARE.contains(typeOf(filter));
    }

    /** The class that does the work, behind Spring Cloud Gateway's adapters. */
    private static Class<?> typeOf(Object filter) {
        Object inner = filter;
        while (inner instanceof OrderedGatewayFilter ordered) {
            inner = ordered.getDelegate();
        }
        return inner instanceof DecoratingProxy adapter
                ? adapter.getDecoratedClass()
                : inner.getClass();
    }
}
