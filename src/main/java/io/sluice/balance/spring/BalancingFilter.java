package io.sluice.balance.spring;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ALREADY_ROUTED_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_LOADBALANCER_RESPONSE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.addOriginalRequestUrl;

import io.sluice.balance.PickRequest;
import io.sluice.pipeline.ClientConnection;
import io.sluice.pipeline.Inline;
import io.sluice.pipeline.RequestState;
import io.sluice.pipeline.Stage;
import io.sluice.problem.spring.ProblemException;
import io.sluice.proxy.RetryPolicy;
import io.sluice.proxy.RetryVerdict;
import io.sluice.proxy.spring.UpstreamFailure;
import io.sluice.proxy.spring.UpstreamProblems;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.Lease;
import io.sluice.upstream.Outcome;
import java.net.URI;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.loadbalancer.DefaultResponse;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Turns {@code lb://id} into the address of one instance, attempt by attempt. Each attempt holds a
 * lease. An attempt that fails before its response gives its lease back here, and is made again on
 * another instance where that is safe and the budget allows; an attempt that got its response keeps
 * the lease, and {@link LeaseFilter} gives it back with the last byte.
 */
@Inline
final class BalancingFilter implements GlobalFilter, Ordered {

    private final Upstreams upstreams;
    private final LeaseFilter leases;
    private final boolean use404;
    private final LongSupplier nanoClock;

    /**
     * @param leases ends the attempts that got their answer
     * @param use404 Spring Cloud Gateway's {@code loadbalancer.use404}: 404 in place of 503 where
     *     there is no instance
     */
    BalancingFilter(
            Upstreams upstreams, LeaseFilter leases, boolean use404, LongSupplier nanoClock) {
        this.upstreams = upstreams;
        this.leases = leases;
        this.use404 = use404;
        this.nanoClock = nanoClock;
    }

    @Override
    public int getOrder() {
        return Stage.BALANCE.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        URI url = exchange.getAttribute(GATEWAY_REQUEST_URL_ATTR);
        String prefix = exchange.getAttribute(GATEWAY_SCHEME_PREFIX_ATTR);
        if (url == null || (!"lb".equals(url.getScheme()) && !"lb".equals(prefix))) {
            return chain.filter(exchange);
        }
        addOriginalRequestUrl(exchange, url);
        RequestState state = RequestState.of(exchange);
        Upstream upstream = upstreams.find(idOf(url), state);
        if (upstream == null) {
            return Mono.error(noInstance());
        }
        String scheme =
                "lb".equals(prefix) && !"lb".equals(url.getScheme()) ? url.getScheme() : null;
        state.timeouts(upstream.timeouts());
        state.tls(upstream.tls());
        endEarlierAttempt(exchange, state);
        if (state.attemptsAt(upstream.id()) == 0) {
            upstream.retries().requested();
        }
        Attempts attempts =
                new Attempts(
                        exchange,
                        chain,
                        state,
                        upstream,
                        upstream.pickRequest(exchange.getRequest(), state),
                        scheme);
        Mono<Void> first = Mono.defer(() -> attempts.next(null));
        return upstream.isReady() ? first : upstream.ready().then(first);
    }

    /** {@code lb://name_with_underscore} has no host in java.net.URI's eyes, but an authority. */
    private static String idOf(URI url) {
        return url.getHost() != null ? url.getHost() : String.valueOf(url.getRawAuthority());
    }

    private ProblemException noInstance() {
        return new ProblemException(
                use404 ? UpstreamProblems.NO_INSTANCE_404 : UpstreamProblems.NO_INSTANCE);
    }

    /** A Retry filter of the route has come round again: the attempt before is over. */
    private void endEarlierAttempt(ServerWebExchange exchange, RequestState state) {
        Lease lease = state.lease();
        if (lease != null) {
            leases.releaseAnswered(exchange, state, lease);
        }
    }

    /**
     * The attempts of one request at one upstream. Rounds of a route's Retry filter count as
     * attempts made, so that the two do not multiply: after the first round each has one attempt.
     */
    private final class Attempts {

        private final ServerWebExchange exchange;
        private final GatewayFilterChain chain;
        private final RequestState state;
        private final Upstream upstream;
        private final PickRequest request;
        private final @Nullable String scheme;
        private volatile boolean answered;
        private int made;

        Attempts(
                ServerWebExchange exchange,
                GatewayFilterChain chain,
                RequestState state,
                Upstream upstream,
                PickRequest request,
                @Nullable String scheme) {
            this.exchange = exchange;
            this.chain = chain;
            this.state = state;
            this.upstream = upstream;
            this.request = request;
            this.scheme = scheme;
            this.made = state.attemptsAt(upstream.id());
        }

        /** Makes an attempt; {@code failure} is what ended the one before, if there was one. */
        Mono<Void> next(@Nullable Throwable failure) {
            long now = nanoClock.getAsLong();
            Member member = pick(failure != null, now);
            if (member == null) {
                return Mono.error(failure != null ? failure : noInstance());
            }
            if (failure != null) {
                upstream.retries().made();
            }
            made++;
            URI target = address(member);
            Lease lease = member.state().acquire(now);
            state.attempt(upstream.id(), member.state().id(), lease, now);
            if (target.getScheme().startsWith("ws")) {
                exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(lease::streaming));
            }
            return chain.filter(exchange)
                    .doOnSuccess(done -> responded(lease))
                    .doOnCancel(() -> cancelled(lease))
                    .onErrorResume(error -> failed(lease, error));
        }

        /**
         * LeaseFilter may have looked already when a cancel meets a retry: so here too. After the
         * head it alone decides: Spring's Retry filter cancels what has completed well.
         */
        private void cancelled(Lease lease) {
            if (!answered) {
                release(lease, Outcome.CANCELLED);
            }
        }

        private void release(Lease lease, Outcome outcome) {
            LeaseFilter.release(lease, outcome, upstream, state, nanoClock.getAsLong());
        }

        private @Nullable Member pick(boolean elsewhere, long now) {
            Set<String> tried = state.tried();
            Member member =
                    upstream.pick(tried.isEmpty() ? request : request.withTried(tried), now);
            // A Retry filter may come back when every instance has been tried: then all may be
            // again.
            return member == null && !elsewhere && !tried.isEmpty()
                    ? upstream.pick(request, now)
                    : member;
        }

        private URI address(Member member) {
            URI target =
                    TargetUri.of(
                            member.endpoint(),
                            scheme,
                            exchange.getAttribute(GATEWAY_REQUEST_URL_ATTR));
            exchange.getAttributes().put(GATEWAY_REQUEST_URL_ATTR, target);
            exchange.getAttributes()
                    .put(
                            GATEWAY_LOADBALANCER_RESPONSE_ATTR,
                            new DefaultResponse(
                                    new EndpointInstance(upstream.id(), member.endpoint())));
            return target;
        }

        private void responded(Lease lease) {
            answered = true;
            long now = nanoClock.getAsLong();
            state.responseStarted(now);
            state.outcome(outcome());
            if (!state.outcome().failure()) {
                lease.responseStarted(now);
            }
        }

        private Outcome outcome() {
            HttpClientResponse answer = exchange.getAttribute(CLIENT_RESPONSE_ATTR);
            if (answer == null) {
                return Outcome.SUCCESS;
            }
            int status = answer.status().code();
            state.answered(status);
            return status >= 500 ? Outcome.SERVER_ERROR : Outcome.SUCCESS;
        }

        private Mono<Void> failed(Lease lease, Throwable error) {
            Outcome outcome =
                    ClientConnection.closed(exchange.getRequest())
                            ? null
                            : UpstreamFailure.of(error);
            release(lease, outcome == null ? Outcome.CANCELLED : outcome);
            if (outcome == null || !mayRetry(outcome)) {
                return Mono.error(error);
            }
            forgetAttempt();
            return Mono.delay(upstream.retries().pause(made)).then(Mono.defer(() -> next(error)));
        }

        private boolean mayRetry(Outcome outcome) {
            RetryPolicy.Failure failure =
                    switch (outcome) {
                        case CONNECT_ERROR -> RetryPolicy.Failure.CONNECT_ERROR;
                        case BROKEN -> RetryPolicy.Failure.BROKEN;
                        case TIMEOUT -> RetryPolicy.Failure.TIMEOUT;
                        default -> RetryPolicy.Failure.OTHER;
                    };
            String method = exchange.getRequest().getMethod().name();
            RetryVerdict verdict =
                    upstream.retries().policy().decide(method, made, failure, progress(failure));
            return verdict == RetryVerdict.RETRY
                    && upstream.hasOther(state.tried())
                    && upstream.retries().tryRetry();
        }

        private RetryPolicy.Progress progress(RetryPolicy.Failure failure) {
            if (exchange.getResponse().isCommitted()
                    || exchange.getAttribute(CLIENT_RESPONSE_CONN_ATTR) != null) {
                return RetryPolicy.Progress.RESPONSE_STARTED;
            }
            boolean sent =
                    failure != RetryPolicy.Failure.CONNECT_ERROR && hasBody(exchange.getRequest());
            return sent ? RetryPolicy.Progress.BODY_SENT : RetryPolicy.Progress.BODY_UNTOUCHED;
        }

        private void forgetAttempt() {
            Connection connection = exchange.getAttribute(CLIENT_RESPONSE_CONN_ATTR);
            if (connection != null) {
                connection.dispose();
            }
            exchange.getAttributes().remove(CLIENT_RESPONSE_CONN_ATTR);
            exchange.getAttributes().remove(GATEWAY_ALREADY_ROUTED_ATTR);
        }
    }

    private static boolean hasBody(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        return headers.getContentLength() > 0
                || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING);
    }
}
