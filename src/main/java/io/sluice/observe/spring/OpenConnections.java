package io.sluice.observe.spring;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.observe.MetricNames;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.http.server.HttpServer;

/** Counts the connections to the traffic port: {@code sluice_connections}. */
final class OpenConnections implements NettyServerCustomizer {

    private final AtomicInteger open = new AtomicInteger();

    OpenConnections(MeterRegistry registry) {
        Gauge.builder(MetricNames.CONNECTIONS, open, AtomicInteger::get)
                .description("Open connections to the traffic port")
                .register(registry);
    }

    @Override
    public HttpServer apply(HttpServer server) {
        return server.doOnChannelInit(
                (observer, channel, address) -> {
                    open.incrementAndGet();
                    channel.closeFuture().addListener(closed -> open.decrementAndGet());
                });
    }
}
