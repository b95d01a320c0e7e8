package io.sluice.pipeline;

import io.sluice.auth.Identity;
import io.sluice.edge.Forwarding;
import io.sluice.edge.PathVerdict;
import io.sluice.proxy.Timeouts;
import io.sluice.proxy.TlsSettings;
import io.sluice.upstream.Lease;
import io.sluice.upstream.Outcome;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * What Sluice knows of one request, typed, in place of string attributes. Written by the filters of
 * one request, one after the other; Reactor orders those writes, so plain fields are enough.
 */
public final class RequestState {

    private static final String ATTRIBUTE = RequestState.class.getName();

    private final String requestId;
    private final long startNanos;
    private String client = "";
    private @Nullable Configuration configuration;
    private @Nullable Forwarding forwarding;
    private @Nullable PathVerdict pathDoubt;
    private @Nullable Identity identity;
    private @Nullable String limitDecision;
    private @Nullable String limitSource;
    private @Nullable String upstream;
    private @Nullable String endpoint;
    private int attempts;
    private int attemptsAtUpstream;
    private long upstreamStartNanos;
    private long upstreamNanos = -1;
    private @Nullable Lease lease;
    private Outcome outcome = Outcome.SUCCESS;
    private Timeouts timeouts = Timeouts.OF_PLAIN_ADDRESS;
    private @Nullable TlsSettings tls;
    private Tracing.@Nullable RequestTrace trace;
    private final Set<String> tried = new LinkedHashSet<>(2);

    public RequestState(String requestId, long startNanos) {
        this.requestId = requestId;
        this.startNanos = startNanos;
    }

    /** The state of this exchange, or {@code null} where the observing filter has not run. */
    public static @Nullable RequestState find(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }

    /** The state of this exchange. */
    public static RequestState of(ServerWebExchange exchange) {
        RequestState state = find(exchange);
        if (state == null) {
            state = new RequestState(exchange.getRequest().getId(), System.nanoTime());
            state.attachTo(exchange);
        }
        return state;
    }

    public void attachTo(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }

    public String requestId() {
        return requestId;
    }

    public long startNanos() {
        return startNanos;
    }

    /** What serves this request: what was active when it was first asked for, to its end. */
    public Configuration configuration(ActiveConfiguration active) {
        Configuration mine = configuration;
        if (mine == null) {
            mine = active.current();
            configuration = mine;
        }
        return mine;
    }

    /** The client's canonical address; empty when there is none. */
    public String client() {
        return client;
    }

    /** On whose behalf the request comes; null where the edge has not seen it. */
    public @Nullable Forwarding forwarding() {
        return forwarding;
    }

    public void forwarding(Forwarding settled) {
        this.forwarding = settled;
        this.client = settled.client();
    }

    /** What only some routes let pass in the request's path, or null for a path without doubt. */
    public @Nullable PathVerdict pathDoubt() {
        return pathDoubt;
    }

    public void pathDoubt(@Nullable PathVerdict doubt) {
        this.pathDoubt = doubt;
    }

    /** Whom the request speaks for, once a token or key was verified. */
    public @Nullable Identity identity() {
        return identity;
    }

    public void identity(Identity verified) {
        this.identity = verified;
    }

    /** {@code allowed}, {@code denied}, {@code shadow_denied}, or null where no limit applied. */
    public @Nullable String limitDecision() {
        return limitDecision;
    }

    public @Nullable String limitSource() {
        return limitSource;
    }

    public void limited(String decision, String source) {
        this.limitDecision = decision;
        this.limitSource = source;
    }

    public @Nullable String upstream() {
        return upstream;
    }

    public @Nullable String endpoint() {
        return endpoint;
    }

    public int attempts() {
        return attempts;
    }

    /** How many of the attempts went to this upstream since another one was last tried. */
    public int attemptsAt(String upstreamId) {
        return upstreamId.equals(upstream) ? attemptsAtUpstream : 0;
    }

    /** Ids of the endpoints that this request's attempts used, in order. */
    public Set<String> tried() {
        return tried;
    }

    /** Time of the last attempt until its response began, or -1 where none did. */
    public long upstreamNanos() {
        return upstreamNanos;
    }

    public @Nullable Lease lease() {
        return lease;
    }

    /** What follows this request; {@code null} where nobody traces. */
    public Tracing.@Nullable RequestTrace trace() {
        return trace;
    }

    public void trace(Tracing.RequestTrace begun) {
        this.trace = begun;
    }

    /** A further attempt begins, at this endpoint. */
    public void attempt(String upstreamId, String endpointId, Lease newLease, long nowNanos) {
        this.attemptsAtUpstream = attemptsAt(upstreamId) + 1;
        this.upstream = upstreamId;
        this.endpoint = endpointId;
        this.lease = newLease;
        this.outcome = Outcome.SUCCESS;
        this.attempts++;
        this.upstreamStartNanos = nowNanos;
        this.upstreamNanos = -1;
        this.tried.add(endpointId);
        if (trace != null) {
            trace.attempt(this, newLease);
        }
    }

    /**
     * How the last attempt stands, by what its upstream answered; filters that change the answer's
     * status do not change this.
     */
    public Outcome outcome() {
        return outcome;
    }

    public void outcome(Outcome ofAttempt) {
        this.outcome = ofAttempt;
    }

    /** The time limits of the upstream that was chosen; the defaults for a plain address. */
    public Timeouts timeouts() {
        return timeouts;
    }

    public void timeouts(Timeouts limits) {
        this.timeouts = limits;
    }

    /** Keys and trust of the upstream that was chosen; {@code null}: those of all. */
    public @Nullable TlsSettings tls() {
        return tls;
    }

    public void tls(@Nullable TlsSettings ofUpstream) {
        this.tls = ofUpstream;
    }

    /** The last attempt was answered with this status. */
    public void answered(int status) {
        if (trace != null) {
            trace.answered(status);
        }
    }

    /** The attempt that held this lease has given it back. */
    public void attemptEnded(Lease released, Outcome ofAttempt) {
        if (trace != null) {
            trace.attemptEnded(released, ofAttempt);
        }
    }

    /** The last attempt's response has begun. Only the first call of an attempt counts. */
    public void responseStarted(long nowNanos) {
        if (upstreamNanos < 0) {
            this.upstreamNanos = nowNanos - upstreamStartNanos;
        }
    }
}
