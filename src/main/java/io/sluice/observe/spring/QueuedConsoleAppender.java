package io.sluice.observe.spring;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import io.sluice.observe.Outbox;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * Writes to the standard output on a thread of its own: whoever logs never waits for whoever reads.
 * Lines that do not fit into the queue are dropped and counted. Lines of one batch go out in one
 * write. Thread-safe.
 */
public final class QueuedConsoleAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

    private static final int LARGEST_BATCH = 256;
    private static final Duration GATHER = Duration.ofMillis(5);

    private @Nullable Encoder<ILoggingEvent> encoder;
    private int queueSize = 8192;
    private long maxFlushTime = 1000;
    private volatile @Nullable Outbox<ILoggingEvent> outbox;

    /** What makes bytes of an event. */
    public void setEncoder(Encoder<ILoggingEvent> encoder) {
        this.encoder = encoder;
    }

    /** Lines that wait at most. */
    public void setQueueSize(int lines) {
        this.queueSize = lines;
    }

    /** How long the end of the process waits for lines that are not written, in milliseconds. */
    public void setMaxFlushTime(long millis) {
        this.maxFlushTime = millis;
    }

    /** Lines that the appenders of this kind at a logger have dropped since the start. */
    static long droppedAt(String logger) {
        ILoggerFactory loggers = LoggerFactory.getILoggerFactory();
        long lines = 0;
        if (loggers instanceof LoggerContext context) {
            Iterator<?> appenders = context.getLogger(logger).iteratorForAppenders();
            while (appenders.hasNext()) {
                if (appenders.next() instanceof QueuedConsoleAppender queued) {
                    lines += queued.dropped();
                }
            }
        }
        return lines;
    }

    private long dropped() {
        Outbox<ILoggingEvent> running = outbox;
        return running == null ? 0 : running.dropped();
    }

    @Override
    public void start() {
        Encoder<ILoggingEvent> lines = encoder;
        if (lines == null) {
            addError("appender " + getName() + ": no encoder");
            return;
        }
        Outbox.Settings settings =
                new Outbox.Settings(
                        "sluice-log-" + getName(),
                        queueSize,
                        LARGEST_BATCH,
                        GATHER,
                        Duration.ofMillis(maxFlushTime));
        outbox = new Outbox<ILoggingEvent>(settings, batch -> write(batch, lines)).start();
        super.start();
    }

    @Override
    public void stop() {
        super.stop();
        Outbox<ILoggingEvent> running = outbox;
        if (running != null) {
            running.close();
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        Outbox<ILoggingEvent> running = outbox;
        if (running != null) {
            event.prepareForDeferredProcessing();
            running.offer(event);
        }
    }

    /**
     * Once the standard output has failed, its reader having gone, all that follows counts as
     * dropped: the stream does not tell one failure from the next.
     */
    @SuppressWarnings("SystemOut") // the one place that writes there
    private static void write(List<ILoggingEvent> batch, Encoder<ILoggingEvent> encoder) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(batch.size() * 384);
        for (ILoggingEvent event : batch) {
            bytes.writeBytes(encoder.encode(event));
        }
        System.out.write(bytes.toByteArray(), 0, bytes.size());
        if (System.out.checkError()) {
            throw new IllegalStateException("the standard output does not take lines");
        }
    }
}
