package io.sluice.proxy.spring;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.springframework.cloud.gateway.filter.headers.GRPCRequestHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.GRPCResponseHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveForwardedHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveHopByHopHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveXForwardedHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.TransferEncodingNormalizationHeadersFilter;
import org.springframework.http.support.Netty4HeadersAdapter;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;

/**
 * The headers of a browser's request to the upstream's, and of an answer to the client's: the pass,
 * over the request as the server made it and over one that a filter has put in its place, and
 * beside it Spring Cloud Gateway's list of filters with the copies around it.
 *
 * <p>Run it with {@code bench/jmh}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
public class HeaderPassBenchmark {

    private final HttpHeaders asked = new DefaultHttpHeaders();
    private final HttpHeaders answered = new DefaultHttpHeaders();
    private List<HttpHeadersFilter> filters;
    private HeaderPass pass;
    private ServerWebExchange exchange;
    private ServerWebExchange changed;

    @Setup
    public void setUp() {
        asked.add("Host", "shop.example.com")
                .add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101")
                .add("Accept", "application/json, text/plain, */*")
                .add("Accept-Language", "en-US,en;q=0.5")
                .add("Accept-Encoding", "gzip, deflate, br, zstd")
                .add("Referer", "https://shop.example.com/orders")
                .add("Cookie", "session=0123456789abcdef0123456789abcdef")
                .add("X-Requested-With", "XMLHttpRequest")
                .add("Cache-Control", "no-cache")
                .add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        answered.add("Content-Type", "application/json")
                .add("Content-Length", "74")
                .add("Date", "Tue, 24 Nov 2026 12:00:00 GMT")
                .add("Server", "nginx")
                .add("Cache-Control", "private, max-age=0")
                .add("ETag", "\"33a64df551425fcc55e4d42a148795d9f25f89d4\"");
        filters =
                List.of(
                        new RemoveForwardedHeadersFilter(),
                        new RemoveXForwardedHeadersFilter(),
                        new RemoveHopByHopHeadersFilter(),
                        new TransferEncodingNormalizationHeadersFilter(),
                        new GRPCRequestHeadersFilter(),
                        new GRPCResponseHeadersFilter());
        pass = HeaderPass.of(filters);
        changed =
                MockServerWebExchange.from(
                        MockServerHttpRequest.get("/api/orders").headers(spring(asked)));
        exchange = changed.mutate().request(ServerRequests.get(asked)).build();
    }

    /** Spring's view of Netty's headers, which is how both gateways meet them. */
    private static org.springframework.http.HttpHeaders spring(HttpHeaders headers) {
        return new org.springframework.http.HttpHeaders(new Netty4HeadersAdapter(headers));
    }

    @Benchmark
    public Object requestByPass() {
        HttpHeaders target = new DefaultHttpHeaders();
        pass.request(exchange, target);
        return target;
    }

    @Benchmark
    public Object changedRequestByPass() {
        HttpHeaders target = new DefaultHttpHeaders();
        pass.request(changed, target);
        return target;
    }

    @Benchmark
    public Object requestByFilters() {
        HttpHeaders target = new DefaultHttpHeaders();
        HttpHeadersFilter.filterRequest(filters, exchange).forEach(target::set);
        target.remove("Host");
        return target;
    }

    @Benchmark
    public Object answerByPass() {
        org.springframework.http.HttpHeaders target = spring(new DefaultHttpHeaders());
        pass.response(answered, target, exchange);
        return target;
    }

    @Benchmark
    public Object answerByFilters() {
        org.springframework.http.HttpHeaders read = new org.springframework.http.HttpHeaders();
        answered.forEach(header -> read.add(header.getKey(), header.getValue()));
        org.springframework.http.HttpHeaders target = spring(new DefaultHttpHeaders());
        target.addAll(
                HttpHeadersFilter.filter(filters, read, exchange, HttpHeadersFilter.Type.RESPONSE));
        return target;
    }
}
