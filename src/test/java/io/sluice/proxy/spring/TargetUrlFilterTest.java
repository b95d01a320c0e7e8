package io.sluice.proxy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import java.net.URI;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

/** The filter beside Spring Cloud Gateway's own. */
class TargetUrlFilterTest {

    private static final List<String> PATHS =
            List.of("/", "a", "b.c", "%20", "//", "~", ":", "@", "!", ";", "%2F", "-", "+", "=");

    private static final List<String> QUERIES =
            List.of("a", "=", "&", "b", "%26", "+", "/", "?", ":", "1", ",", "'", "*");

    private static final List<URI> ROUTES =
            List.of(
                    URI.create("lb://orders"),
                    URI.create("http://10.0.0.1:8080"),
                    URI.create("https://orders.example/ignored"),
                    URI.create("lb:ws://orders"),
                    URI.create("http://[2001:db8::1]:81"));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void filter_randomTargets_areThoseOfTheStockFilter(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int plain = 0;
        for (int round = 0; round < 5_000; round++) {
            URI request = request(random);
            Route route = route(ROUTES.get(random.nextInt(ROUTES.size())));

            assertThat(target(new TargetUrlFilter(), route, request))
                    .as("seed %d, round %d: %s to %s", seed, round, request, route.getUri())
                    .isEqualTo(target(new RouteToRequestUrlFilter(), route, request));
            plain += TargetUrlFilter.isPlain(request) ? 1 : 0;
        }
        assertThat(plain).as("seed %d, joined as they are", seed).isBetween(500, 4_500);
    }

    private static URI request(SplittableRandom random) {
        StringBuilder text = new StringBuilder("http://gateway:8080/");
        pieces(text, PATHS, random);
        if (random.nextBoolean()) {
            text.append('?');
            pieces(text, QUERIES, random);
        }
        return URI.create(text.toString());
    }

    private static void pieces(StringBuilder text, List<String> from, SplittableRandom random) {
        int count = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            text.append(from.get(random.nextInt(from.size())));
        }
    }

    private static Route route(URI uri) {
        return Route.async().id("orders").uri(uri).predicate(exchange -> true).build();
    }

    private static String target(RouteToRequestUrlFilter filter, Route route, URI request) {
        MockServerWebExchange exchange =
                MockServerWebExchange.from(MockServerHttpRequest.method(HttpMethod.GET, request));
        exchange.getAttributes().put(GATEWAY_ROUTE_ATTR, route);
        filter.filter(exchange, same -> Mono.empty()).block();
        return String.valueOf(exchange.<URI>getAttribute(GATEWAY_REQUEST_URL_ATTR));
    }
}
