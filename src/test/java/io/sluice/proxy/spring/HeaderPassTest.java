package io.sluice.proxy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.sluice.pipeline.AmendedRequest;
import io.sluice.pipeline.ClientConnection;
import io.sluice.pipeline.RequestHeaderRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.filter.headers.GRPCRequestHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.GRPCResponseHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveForwardedHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveHopByHopHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveXForwardedHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.TransferEncodingNormalizationHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;

/** The pass beside the list of filters that it stands for. */
class HeaderPassTest {

    private static final List<String> NAMES =
            List.of(
                    "Accept",
                    "Connection",
                    "Content-Length",
                    "Content-Type",
                    "Cookie",
                    "Forwarded",
                    "Host",
                    "KEEP-ALIVE",
                    "Proxy-Authorization",
                    "te",
                    "Trailer",
                    "Transfer-Encoding",
                    "Upgrade",
                    "User-Agent",
                    "X-Application-Context",
                    "x-forwarded-anything",
                    "X-Forwarded-For",
                    "X-Named");

    private static final List<String> VALUES =
            List.of("a", "close", "keep-alive", "X-Named", "application/grpc", "chunked", "7");

    private static final RequestHeaderRule RULE =
            (exchange, headers) -> {
                headers.set("X-Real-IP", "192.0.2.1");
                headers.set("x-named", "the gateway's");
                headers.remove("Cookie");
            };

    private static List<HttpHeadersFilter> stock() {
        return new ArrayList<>(
                List.of(
                        new RemoveForwardedHeadersFilter(),
                        new RemoveXForwardedHeadersFilter(),
                        new GRPCResponseHeadersFilter(),
                        new TransferEncodingNormalizationHeadersFilter(),
                        new RemoveHopByHopHeadersFilter(),
                        new GRPCRequestHeadersFilter(),
                        RULE,
                        new GrpcTrailersOnly()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void request_randomHeaders_areThoseOfTheFilters(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        HeaderPass pass = HeaderPass.of(stock());
        for (int round = 0; round < 2_000; round++) {
            MockServerWebExchange exchange = exchange(some(random));
            HttpHeaders expected = HttpHeadersFilter.filterRequest(stock(), exchange);
            expected.remove(HttpHeaders.HOST);

            DefaultHttpHeaders written = new DefaultHttpHeaders();
            pass.request(exchange, written);

            assertThat(values(written::forEach))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(values(expected));
        }
    }

    /** On the fast way: the server's own request, amended or not. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void request_asItCameOrAmended_isThatOfTheFilters(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        HeaderPass pass = HeaderPass.of(stock());
        for (int round = 0; round < 2_000; round++) {
            DefaultHttpHeaders sent = new DefaultHttpHeaders();
            some(random).forEach(sent::add);
            ServerHttpRequest request = ServerRequests.get(sent);
            assertThat(ClientConnection.untouched(request)).isNotNull();
            if (random.nextBoolean()) {
                request =
                        AmendedRequest.of(
                                request,
                                List.of(NAMES.get(random.nextInt(NAMES.size()))),
                                random.nextBoolean()
                                        ? Map.of("X-User", "ada", "user-agent", "the gateway's")
                                        : Map.of());
            }
            ServerWebExchange exchange =
                    exchange(new HttpHeaders()).mutate().request(request).build();
            HttpHeaders expected = HttpHeadersFilter.filterRequest(stock(), exchange);
            expected.remove(HttpHeaders.HOST);

            DefaultHttpHeaders written = new DefaultHttpHeaders();
            pass.request(exchange, written);

            assertThat(values(written::forEach))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(values(expected));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void response_randomHeaders_areThoseOfTheFilters(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        HeaderPass pass = HeaderPass.of(stock());
        for (int round = 0; round < 2_000; round++) {
            HttpHeaders answer = some(random);
            MockServerWebExchange exchange = exchange(new HttpHeaders());
            HttpHeaders expected =
                    HttpHeadersFilter.filter(
                            stock(), answer, exchange, HttpHeadersFilter.Type.RESPONSE);

            DefaultHttpHeaders netty = new DefaultHttpHeaders();
            answer.forEach(netty::add);
            HttpHeaders taken = new HttpHeaders();
            pass.response(netty, taken, exchange);

            assertThat(values(taken))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(values(expected));
        }
    }

    @Test
    void request_filterOfTheApplication_isRun() {
        List<HttpHeadersFilter> filters = stock();
        filters.add(
                (input, exchange) -> {
                    HttpHeaders more = new HttpHeaders();
                    more.addAll(input);
                    more.set("X-Mine", "yes");
                    return more;
                });
        HttpHeaders headers = new HttpHeaders();
        headers.set("Accept", "a");

        DefaultHttpHeaders written = new DefaultHttpHeaders();
        HeaderPass.of(filters).request(exchange(headers), written);

        assertThat(written.get("X-Mine")).isEqualTo("yes");
        assertThat(written.get("X-Real-IP")).isEqualTo("192.0.2.1");
        assertThat(written.get("Accept")).isEqualTo("a");
    }

    private static HttpHeaders some(SplittableRandom random) {
        HttpHeaders headers = new HttpHeaders();
        int count = random.nextInt(7);
        for (int i = 0; i < count; i++) {
            headers.add(
                    NAMES.get(random.nextInt(NAMES.size())),
                    VALUES.get(random.nextInt(VALUES.size())));
        }
        return headers;
    }

    private static MockServerWebExchange exchange(HttpHeaders headers) {
        return MockServerWebExchange.from(
                MockServerHttpRequest.get("http://gateway/orders").headers(headers));
    }

    private static Map<String, List<String>> values(HttpHeaders headers) {
        Map<String, List<String>> values = new TreeMap<>();
        headers.forEach((name, all) -> values.put(name.toLowerCase(Locale.ROOT), all));
        return values;
    }

    private static Map<String, List<String>> values(
            Consumer<Consumer<Map.Entry<String, String>>> headers) {
        Map<String, List<String>> values = new TreeMap<>();
        headers.accept(
                header ->
                        values.computeIfAbsent(
                                        header.getKey().toLowerCase(Locale.ROOT),
                                        name -> new ArrayList<>())
                                .add(header.getValue()));
        return values;
    }
}
