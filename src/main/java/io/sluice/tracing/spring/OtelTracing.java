package io.sluice.tracing.spring;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.sluice.pipeline.Tracing;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Goes on with the client's trace (W3C Trace Context) or begins one. A request that is not sampled
 * is passed on as such and costs its context only. Thread-safe.
 */
final class OtelTracing implements Tracing, AutoCloseable {

    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();
    private static final TextMapGetter<HttpHeaders> HEADERS = new Headers();

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    OtelTracing(SpanOutbox outbox, double probability, String serviceName) {
        this.provider =
                SdkTracerProvider.builder()
                        .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(probability)))
                        .setResource(
                                Resource.getDefault().toBuilder()
                                        .put("service.name", serviceName)
                                        .build())
                        .addSpanProcessor(outbox)
                        .build();
        this.tracer = provider.get("io.sluice");
    }

    @Override
    public RequestTrace begin(ServerHttpRequest request) {
        Context client = W3C.extract(Context.root(), request.getHeaders(), HEADERS);
        Span span =
                tracer.spanBuilder(SpanNames.method(request))
                        .setParent(client)
                        .setSpanKind(SpanKind.SERVER)
                        .startSpan();
        if (span.isRecording()) {
            SpanNames.describe(span, request);
        }
        return new RequestSpans(tracer, span, request);
    }

    /** Sends what has ended, for a moment at most. */
    @Override
    public void close() {
        provider.shutdown().join(1, TimeUnit.SECONDS);
    }

    /** A header that must stand once and stands twice is none; lists may be in several lines. */
    private static final class Headers implements TextMapGetter<HttpHeaders> {

        @Override
        public Iterable<String> keys(HttpHeaders carrier) {
            return carrier.headerNames();
        }

        @Override
        public @Nullable String get(@Nullable HttpHeaders carrier, String key) {
            List<String> values = carrier == null ? null : carrier.get(key);
            if (values == null || values.isEmpty()) {
                return null;
            }
            if (values.size() == 1) {
                return values.get(0);
            }
            return key.equals("tracestate") ? String.join(",", values) : null;
        }
    }
}
