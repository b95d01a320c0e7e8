package io.sluice.tracing.spring;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.sluice.pipeline.RequestHeaderRule.Outgoing;
import io.sluice.pipeline.RequestState;
import io.sluice.pipeline.Tracing;
import io.sluice.upstream.Lease;
import io.sluice.upstream.Outcome;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * The span of one request, and one below it for each attempt: of an upstream's instance from the
 * pick until its lease is given back, which may be a moment after the request has ended, of a plain
 * address from the head to the end of the request.
 */
final class RequestSpans implements Tracing.RequestTrace {

    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();
    private static final TextMapSetter<Outgoing> SETTER = RequestSpans::set;

    private final Tracer tracer;
    private final Span request;
    private final Context context;
    private final String method;
    private final ServerHttpRequest described;
    private @Nullable Span attempt;
    private @Nullable Lease lease;
    private int attempts;

    RequestSpans(Tracer tracer, Span request, ServerHttpRequest described) {
        this.tracer = tracer;
        this.request = request;
        this.context = Context.root().with(request);
        this.method = SpanNames.method(described);
        this.described = described;
    }

    private static void set(@Nullable Outgoing headers, String name, String value) {
        if (headers != null) {
            headers.set(name, value);
        }
    }

    @Override
    public synchronized void attempt(RequestState state, Lease held) {
        Span span = begin();
        lease = held;
        if (span.isRecording()) {
            span.setAttribute(SpanNames.UPSTREAM, String.valueOf(state.upstream()));
            span.setAttribute(SpanNames.INSTANCE, String.valueOf(state.endpoint()));
        }
    }

    private Span begin() {
        end();
        Span span =
                tracer.spanBuilder(method)
                        .setParent(context)
                        .setSpanKind(SpanKind.CLIENT)
                        .startSpan();
        attempt = span;
        if (span.isRecording()) {
            SpanNames.describe(span, described);
            if (attempts > 0) {
                span.setAttribute(SpanNames.RESEND, (long) attempts);
            }
        }
        attempts++;
        return span;
    }

    private void end() {
        Span open = attempt;
        if (open != null) {
            open.end();
        }
        attempt = null;
        lease = null;
    }

    @Override
    public synchronized void answered(int status) {
        Span open = attempt;
        if (open != null && open.isRecording()) {
            open.setAttribute(SpanNames.STATUS, (long) status);
        }
    }

    @Override
    public synchronized void attemptEnded(Lease held, Outcome outcome) {
        Span open = attempt;
        if (open == null || lease != held) {
            return;
        }
        if (open.isRecording()) {
            String word = outcome.name().toLowerCase(Locale.ROOT);
            open.setAttribute(SpanNames.OUTCOME, word);
            if (outcome.failure()) {
                open.setAttribute(SpanNames.ERROR, word);
                open.setStatus(StatusCode.ERROR);
            }
        }
        end();
    }

    /** A plain address has no attempts that are told of: there each head that is sent is one. */
    @Override
    public synchronized void tell(Outgoing headers) {
        Span span = attempt != null && lease != null ? attempt : begin();
        headers.remove("tracestate");
        W3C.inject(context.with(span), headers, SETTER);
    }

    @Override
    public synchronized void ended(
            RequestState state, @Nullable String route, int status, String outcome) {
        if (lease == null) {
            end();
        }
        if (request.isRecording()) {
            if (route != null) {
                request.updateName(method + " " + route);
                request.setAttribute(SpanNames.ROUTE, route);
            }
            request.setAttribute(SpanNames.STATUS, (long) status);
            request.setAttribute(SpanNames.OUTCOME, outcome);
            request.setAttribute(SpanNames.REQUEST_ID, state.requestId());
            request.setAttribute(SpanNames.CLIENT, state.client());
            request.setAttribute(SpanNames.ATTEMPTS, (long) attempts);
            if (state.upstream() != null) {
                request.setAttribute(SpanNames.UPSTREAM, state.upstream());
                request.setAttribute(SpanNames.INSTANCE, String.valueOf(state.endpoint()));
            }
            if (status >= 500) {
                request.setAttribute(SpanNames.ERROR, Integer.toString(status));
                request.setStatus(StatusCode.ERROR);
            }
        }
        request.end();
    }

    @Override
    public String traceId() {
        return request.getSpanContext().getTraceId();
    }
}
