package io.sluice.routing.spring;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_PREDICATE_PATH_CONTAINER_ATTR;

import io.sluice.routing.Dimension;
import io.sluice.routing.HostShapes;
import io.sluice.routing.PathShapes;
import io.sluice.routing.RequestFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/** An exchange as the index sees it: every part read as the predicates read it. */
final class ExchangeFacts implements RequestFacts {

    private final ServerWebExchange exchange;

    ExchangeFacts(ServerWebExchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public List<String> steps(Dimension dimension) {
        ServerHttpRequest request = exchange.getRequest();
        return dimension.kind() == Dimension.Kind.HOST
                ? HostShapes.steps(request.getHeaders().getFirst(HttpHeaders.HOST))
                : PathShapes.steps(segments(path()));
    }

    /** The path predicates read it from this attribute, so it is parsed once. */
    private PathContainer path() {
        return (PathContainer)
                exchange.getAttributes()
                        .computeIfAbsent(
                                GATEWAY_PREDICATE_PATH_CONTAINER_ATTR,
                                name ->
                                        PathContainer.parsePath(
                                                exchange.getRequest().getURI().getRawPath()));
    }

    /** What stands after each slash; none where the path does not begin with one. */
    static List<String> segments(PathContainer path) {
        List<PathContainer.Element> elements = path.elements();
        if (elements.isEmpty() || !(elements.get(0) instanceof PathContainer.Separator)) {
            return List.of();
        }
        List<String> segments = new ArrayList<>(elements.size() / 2 + 1);
        boolean open = false;
        for (PathContainer.Element element : elements) {
            if (element instanceof PathContainer.PathSegment segment) {
                segments.add(segment.valueToMatch());
                open = false;
            } else {
                if (open) {
                    segments.add("");
                }
                open = true;
            }
        }
        if (open) {
            segments.add("");
        }
        return segments;
    }

    @Override
    public @Nullable List<String> values(Dimension dimension) {
        ServerHttpRequest request = exchange.getRequest();
        try {
            return switch (dimension.kind()) {
                case METHOD -> List.of(request.getMethod().name());
                case HEADER -> request.getHeaders().getValuesAsList(dimension.name());
                case QUERY -> present(request.getQueryParams().get(dimension.name()));
                case COOKIE -> values(request.getCookies().get(dimension.name()));
                case HOST, PATH -> null;
            };
        } catch (RuntimeException e) {
            // The predicate will fail in the same way, where it is its turn.
            return null;
        }
    }

    private static List<String> present(@Nullable List<String> values) {
        // A parameter without an equals sign has no value.
        return values == null ? List.of() : values.stream().filter(Objects::nonNull).toList();
    }

    private static List<String> values(@Nullable List<HttpCookie> cookies) {
        return cookies == null
                ? List.of()
                : present(cookies.stream().map(HttpCookie::getValue).toList());
    }
}
