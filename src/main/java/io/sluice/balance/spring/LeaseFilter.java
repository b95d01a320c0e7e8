package io.sluice.balance.spring;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.pipeline.ClientConnection;
import io.sluice.pipeline.Inline;
import io.sluice.pipeline.RequestState;
import io.sluice.pipeline.Stage;
import io.sluice.proxy.spring.UpstreamFailure;
import io.sluice.upstream.FailurePenalty;
import io.sluice.upstream.Lease;
import io.sluice.upstream.Outcome;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Gives the last attempt's lease back when the exchange ends: with the last byte, an error, or the
 * client's leaving. It stands around the writing of the response, which {@link BalancingFilter}
 * does not.
 */
@Inline
final class LeaseFilter implements GlobalFilter, Ordered {

    private final Upstreams upstreams;
    private final LongSupplier nanoClock;
    private final InstantSource wallClock;

    LeaseFilter(Upstreams upstreams, LongSupplier nanoClock, InstantSource wallClock) {
        this.upstreams = upstreams;
        this.nanoClock = nanoClock;
        this.wallClock = wallClock;
    }

    @Override
    public int getOrder() {
        return Stage.LEASE.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Ending ending = new Ending();
        return chain.filter(exchange)
                .doOnError(ending::error)
                .doFinally(signal -> ended(exchange, signal, ending));
    }

    private void ended(ServerWebExchange exchange, SignalType signal, Ending ending) {
        RequestState state = RequestState.find(exchange);
        Lease lease = state == null ? null : state.lease();
        if (state == null || lease == null) {
            return;
        }
        Outcome outcome =
                switch (signal) {
                    case CANCEL -> Outcome.CANCELLED;
                    case ON_ERROR -> ending.outcome(exchange);
                    default -> state.outcome();
                };
        Upstream upstream = upstreams.known(String.valueOf(state.upstream()));
        release(lease, outcome, penalty(exchange, outcome), upstream, state, nanoClock.getAsLong());
    }

    /** Ends an attempt that got its answer before this filter sees the exchange end. */
    void releaseAnswered(ServerWebExchange exchange, RequestState state, Lease lease) {
        Upstream upstream = upstreams.known(String.valueOf(state.upstream()));
        Outcome outcome = state.outcome();
        release(lease, outcome, penalty(exchange, outcome), upstream, state, nanoClock.getAsLong());
    }

    /** Ends an attempt that got no answer. */
    static void release(
            Lease lease, Outcome outcome, Upstream upstream, RequestState state, long nowNanos) {
        release(lease, outcome, FailurePenalty.nanos(outcome), upstream, state, nowNanos);
    }

    private static void release(
            Lease lease,
            Outcome outcome,
            long penaltyNanos,
            @Nullable Upstream upstream,
            RequestState state,
            long nowNanos) {
        if (!lease.release(outcome, nowNanos, penaltyNanos)) {
            return;
        }
        if (upstream != null) {
            upstream.ended(lease.state().id(), outcome, nowNanos - lease.startNanos(), nowNanos);
        }
        state.attemptEnded(lease, outcome);
    }

    /** A failing answer may say how long its instance wants to be spared. */
    private long penalty(ServerWebExchange exchange, Outcome outcome) {
        HttpClientResponse answer = exchange.getAttribute(CLIENT_RESPONSE_ATTR);
        String retryAfter =
                outcome == Outcome.SERVER_ERROR && answer != null
                        ? answer.responseHeaders().get(HttpHeaderNames.RETRY_AFTER)
                        : null;
        return retryAfter == null
                ? FailurePenalty.nanos(outcome)
                : FailurePenalty.nanos(outcome, retryAfter, wallClock.instant());
    }

    /** What the error said, kept for the moment when the exchange ends. */
    private static final class Ending {

        private Outcome outcome = Outcome.CANCELLED;

        void error(Throwable error) {
            Outcome read = UpstreamFailure.of(error);
            outcome = read == null ? Outcome.CANCELLED : read;
        }

        /** A response that broke off because its client left says nothing of the endpoint. */
        Outcome outcome(ServerWebExchange exchange) {
            return ClientConnection.closed(exchange.getRequest()) ? Outcome.CANCELLED : outcome;
        }
    }
}
