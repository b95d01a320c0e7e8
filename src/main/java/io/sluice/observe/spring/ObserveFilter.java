package io.sluice.observe.spring;

import io.netty.channel.Channel;
import io.sluice.observe.AccessRecord;
import io.sluice.observe.RequestIds;
import io.sluice.observe.RequestOutcome;
import io.sluice.pipeline.ClientConnection;
import io.sluice.pipeline.Closing;
import io.sluice.pipeline.InFlight;
import io.sluice.pipeline.Inline;
import io.sluice.pipeline.RequestState;
import io.sluice.pipeline.Stage;
import io.sluice.pipeline.Tracing;
import io.sluice.pipeline.TrafficPort;
import io.sluice.problem.spring.ProblemWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * First in, last out: gives the request its id, counts it while it is open, and when it has ended,
 * in whatever way, writes one access record and one metric. Thread-safe.
 */
@Inline
final class ObserveFilter implements WebFilter, Ordered {

    static final String REQUEST_ID = "X-Request-Id";

    static final String ACCESS_LOGGER = "sluice.access";

    private static final Logger ACCESS = LoggerFactory.getLogger(ACCESS_LOGGER);
    private static final int BAD_REQUEST = 400;
    private static final int CLIENT_CLOSED_REQUEST = 499;

    private final TrafficPort trafficPort;
    private final InFlight inFlight;
    private final Closing closing;
    private final GoAway goAway;
    private final RequestIds requestIds;
    private final RequestMeters meters;
    private final WebExceptionHandler errors;
    private final @Nullable Tracing tracing;
    private final LongSupplier nanoClock;

    /**
     * @param tracing {@code null}: nobody traces
     */
    ObserveFilter(
            TrafficPort trafficPort,
            InFlight inFlight,
            Closing closing,
            GoAway goAway,
            RequestIds requestIds,
            RequestMeters meters,
            WebExceptionHandler errors,
            @Nullable Tracing tracing,
            LongSupplier nanoClock) {
        this.trafficPort = trafficPort;
        this.inFlight = inFlight;
        this.closing = closing;
        this.goAway = goAway;
        this.requestIds = requestIds;
        this.meters = meters;
        this.errors = errors;
        this.tracing = tracing;
        this.nanoClock = nanoClock;
    }

    @Override
    public int getOrder() {
        return Stage.OBSERVE.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!trafficPort.carries(exchange)) {
            return chain.filter(exchange);
        }
        long now = nanoClock.getAsLong();
        HttpHeaders headers = exchange.getRequest().getHeaders();
        RequestState state = new RequestState(requestIds.accept(headers.getFirst(REQUEST_ID)), now);
        state.attachTo(exchange);
        if (tracing != null && !TrafficPort.isProbe(exchange.getRequest())) {
            state.trace(tracing.begin(exchange.getRequest()));
        }
        CountingResponse response = new CountingResponse(exchange.getResponse(), closing);
        response.beforeCommit(() -> finishHead(exchange, response, state));
        ServerWebExchange observed = new ObservedExchange(exchange, response);
        Channel channel = ClientConnection.channel(exchange.getRequest());
        inFlight.arrived();
        // Probes go on for as long as the process does; they must not keep a drain from ending.
        if (!TrafficPort.isProbe(exchange.getRequest())) {
            closing.arrived();
        }
        // Errors are answered here, not further out, so that the record tells what the client got.
        return chain.filter(observed)
                .onErrorResume(error -> answer(observed, error))
                .doFinally(signal -> ended(observed, response, state, channel, signal));
    }

    /** Nobody is there to answer once the client has left. */
    private Mono<Void> answer(ServerWebExchange exchange, Throwable error) {
        return ClientConnection.closed(exchange.getRequest())
                ? Mono.empty()
                : errors.handle(exchange, error);
    }

    private Mono<Void> finishHead(
            ServerWebExchange exchange, CountingResponse response, RequestState state) {
        HttpHeaders headers = response.getHeaders();
        headers.set(REQUEST_ID, state.requestId());
        // HTTP/2 forbids the header (RFC 9113, section 8.2.2); it has GOAWAY.
        if (closing.draining() && HttpVersion.isHttp1(exchange.getRequest())) {
            headers.set(HttpHeaders.CONNECTION, "close");
        }
        return Mono.empty();
    }

    private void ended(
            ServerWebExchange exchange,
            CountingResponse response,
            RequestState state,
            @Nullable Channel channel,
            SignalType signal) {
        inFlight.finished();
        if (closing.draining()) {
            goAway.tell(channel);
        }
        boolean left =
                !ProblemWriter.answeredByServer(response)
                        && (signal == SignalType.CANCEL
                                || clientClosed(exchange.getRequest(), response, channel));
        int status = statusOf(response, signal, left);
        RequestOutcome outcome = left ? RequestOutcome.CANCELLED : RequestOutcome.of(status);
        long nanos = nanoClock.getAsLong() - state.startNanos();
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        String routeId = route == null ? null : route.getId();
        meters.record(routeId == null ? "none" : routeId, status, outcome, nanos);
        Tracing.RequestTrace trace = state.trace();
        if (trace != null) {
            trace.ended(state, routeId, status, outcome.label());
        }
        if (ACCESS.isInfoEnabled()) {
            ACCESS.info(
                    record(exchange, response, state, routeId, status, outcome, nanos).toJson());
        }
    }

    /**
     * Whether it was the client that closed. Where the server may have done so, after an answer
     * that went out whole, nobody can tell: the answer counts.
     */
    private static boolean clientClosed(
            ServerHttpRequest request, CountingResponse response, @Nullable Channel channel) {
        if (channel == null || channel.isActive()) {
            return false;
        }
        boolean keepsAlive =
                HttpVersion.isHttp11(request)
                        && request.getHeaders().getConnection().isEmpty()
                        && response.getHeaders().getConnection().isEmpty();
        return keepsAlive || !response.whole();
    }

    private static int statusOf(CountingResponse response, SignalType signal, boolean left) {
        HttpStatusCode status = response.getStatusCode();
        if (ProblemWriter.answeredByServer(response)) {
            return BAD_REQUEST;
        }
        if (left && !response.isCommitted()) {
            return CLIENT_CLOSED_REQUEST;
        }
        if (status == null) {
            return signal == SignalType.ON_ERROR ? 500 : 200;
        }
        return status.value();
    }

    private static AccessRecord record(
            ServerWebExchange exchange,
            CountingResponse response,
            RequestState state,
            @Nullable String route,
            int status,
            RequestOutcome outcome,
            long nanos) {
        ServerHttpRequest request = exchange.getRequest();
        return new AccessRecord(
                Instant.now().minus(Duration.ofNanos(nanos)),
                state.requestId(),
                state.client(),
                request.getMethod().name(),
                request.getURI().getRawPath(),
                status,
                response.bytes(),
                nanos / 1e6,
                route,
                state.upstream(),
                state.endpoint(),
                state.attempts(),
                state.upstreamNanos() < 0 ? -1 : state.upstreamNanos() / 1e6,
                state.limitDecision(),
                state.limitSource(),
                state.identity() == null ? null : state.identity().subject(),
                state.trace() == null ? null : state.trace().traceId(),
                outcome.label());
    }
}
