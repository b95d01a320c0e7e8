package io.sluice.tracing.spring;

import io.sluice.settings.Setting;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Traces over OTLP: {@code sluice.tracing.*}.
 *
 * @param enabled whether traces are made and sent
 * @param endpoint where the collector takes traces, OTLP over HTTP
 * @param headers sent with each export, such as a token of the collector's
 * @param samplingProbability share of the requests without a trace of their own that are traced;
 *     where the client sent a {@code traceparent} its flag decides
 * @param timeout for one export
 * @param queueSize spans that wait for export at most; further ones are dropped and counted
 */
public record TracingProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("http://localhost:4318/v1/traces") URI endpoint,
        @DefaultValue Map<String, String> headers,
        @DefaultValue("0.1") double samplingProbability,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue("8192") int queueSize) {

    private static final String PREFIX = "sluice.tracing.";

    public TracingProperties {
        Setting.require(
                ("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))
                        && endpoint.getHost() != null,
                PREFIX + "endpoint",
                endpoint,
                "an http or https URL");
        Setting.require(
                samplingProbability >= 0 && samplingProbability <= 1,
                PREFIX + "sampling-probability",
                samplingProbability,
                "0.0 to 1.0");
        Setting.require(
                timeout.compareTo(Duration.ofMillis(100)) >= 0
                        && timeout.compareTo(Duration.ofMinutes(1)) <= 0,
                PREFIX + "timeout",
                timeout,
                "100ms to 1m");
        Setting.require(
                queueSize >= 1 && queueSize <= 1_000_000,
                PREFIX + "queue-size",
                queueSize,
                "1 to 1000000");
        headers = Map.copyOf(headers);
    }

    /** Headers may hold a secret. */
    @Override
    public String toString() {
        return "TracingProperties[endpoint=" + endpoint + ", headers=" + headers.keySet() + "]";
    }
}
