package io.sluice.tracing.spring;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.sluice.observe.Outbox;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Takes ended spans to the exporter on a thread of its own. What does not fit into the queue, and
 * what the collector does not take in time, is dropped and counted. In the place of the SDK's batch
 * processor, which tells that count only through a second SDK for metrics. Thread-safe.
 */
final class SpanOutbox implements SpanProcessor {

    private static final int LARGEST_BATCH = 512;
    private static final Duration GATHER = Duration.ofMillis(100);
    private static final Duration FLUSH = Duration.ofSeconds(2);

    private final SpanExporter exporter;
    private final Duration timeout;
    private final Outbox<SpanData> outbox;

    SpanOutbox(SpanExporter exporter, int queueSize, Duration timeout) {
        this.exporter = exporter;
        this.timeout = timeout;
        this.outbox =
                new Outbox<SpanData>(
                                new Outbox.Settings(
                                        "sluice-spans", queueSize, LARGEST_BATCH, GATHER, FLUSH),
                                this::export)
                        .start();
    }

    long dropped() {
        return outbox.dropped();
    }

    private void export(List<SpanData> batch) {
        CompletableResultCode result =
                exporter.export(List.copyOf(batch)).join(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (!result.isSuccess()) {
            throw new IllegalStateException("the collector did not take the spans");
        }
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (span.getSpanContext().isSampled()) {
            outbox.offer(span.toSpanData());
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
        return false;
    }

    @Override
    public CompletableResultCode shutdown() {
        outbox.close();
        return exporter.shutdown();
    }
}
