package io.sluice.balance.spring;

import io.sluice.pipeline.ClientConnection;
import io.sluice.pipeline.RequestState;
import io.sluice.pipeline.Stage;
import io.sluice.proxy.spring.UpstreamFailure;
import io.sluice.upstream.Lease;
import io.sluice.upstream.Outcome;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * Gives the last attempt's lease back when the exchange ends: with the last byte, an error, or the
 * client's leaving. It stands around the writing of the response, which {@link BalancingFilter}
 * does not.
 */
final class LeaseFilter implements GlobalFilter, Ordered {

    /**
     * Booked for a failure in place of its own time: an instance that fails in a millisecond must
     * not look fast (linkerd2-proxy's load biaser uses the same five seconds).
     */
    private static final long PENALTY_NANOS = Duration.ofSeconds(5).toNanos();

    private final Upstreams upstreams;
    private final LongSupplier nanoClock;

    LeaseFilter(Upstreams upstreams, LongSupplier nanoClock) {
        this.upstreams = upstreams;
        this.nanoClock = nanoClock;
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
        release(lease, outcome, upstreams.known(String.valueOf(state.upstream())), nanoClock);
    }

    static void release(
            Lease lease, Outcome outcome, @Nullable Upstream upstream, LongSupplier nanoClock) {
        long now = nanoClock.getAsLong();
        if (lease.release(outcome, now, outcome.failure() ? PENALTY_NANOS : 0)
                && upstream != null) {
            upstream.ended(lease.state().id(), outcome, now - lease.startNanos(), now);
        }
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
