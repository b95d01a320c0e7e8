package io.sluice.observe.spring;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.sluice.observe.MetricNames;
import org.slf4j.Logger;

/** How many lines of either log were dropped. */
final class LogMeters implements MeterBinder {

    @Override
    public void bindTo(MeterRegistry registry) {
        counter(MetricNames.ACCESS_LOG_DROPPED, ObserveFilter.ACCESS_LOGGER)
                .description("Lines of the access log that were dropped")
                .register(registry);
        counter(MetricNames.LOG_DROPPED, Logger.ROOT_LOGGER_NAME)
                .description("Lines of the log that were dropped")
                .register(registry);
    }

    private static FunctionCounter.Builder<String> counter(String name, String logger) {
        return FunctionCounter.builder(name, logger, QueuedConsoleAppender::droppedAt);
    }
}
