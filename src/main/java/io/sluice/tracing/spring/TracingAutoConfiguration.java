package io.sluice.tracing.spring;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.sluice.observe.MetricNames;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** Traces over OTLP, where they are switched on. */
@AutoConfiguration
@ConditionalOnProperty("sluice.tracing.enabled")
class TracingAutoConfiguration {

    @Bean(destroyMethod = "") // the provider that it belongs to ends it
    SpanOutbox spanOutbox(TracingProperties properties) {
        OtlpHttpSpanExporterBuilder exporter =
                OtlpHttpSpanExporter.builder()
                        .setEndpoint(properties.endpoint().toString())
                        .setTimeout(properties.timeout())
                        .setConnectTimeout(properties.timeout())
                        .setRetryPolicy(null);
        properties.headers().forEach(exporter::addHeader);
        return new SpanOutbox(exporter.build(), properties.queueSize(), properties.timeout());
    }

    @Bean
    OtelTracing otelTracing(
            SpanOutbox outbox,
            TracingProperties properties,
            @Value("${spring.application.name:sluice}") String serviceName) {
        return new OtelTracing(outbox, properties.samplingProbability(), serviceName);
    }

    @Bean
    TraceHeaders traceHeaders() {
        return new TraceHeaders();
    }

    @Bean
    MeterBinder spanMeters(SpanOutbox outbox) {
        return registry ->
                FunctionCounter.builder(MetricNames.SPANS_DROPPED, outbox, SpanOutbox::dropped)
                        .description("Spans that no collector has got")
                        .register(registry);
    }
}
