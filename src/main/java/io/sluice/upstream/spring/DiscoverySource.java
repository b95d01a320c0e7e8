package io.sluice.upstream.spring;

import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Asks Spring Cloud's discovery clients for an id, in the background and one question at a time. An
 * error keeps the last answer. So does an empty answer after a full one: a registry that restarts
 * answers with nothing, and cutting all traffic off is worse than trying addresses that may be
 * gone.
 */
final class DiscoverySource implements EndpointSource {

    private static final Logger LOG = LoggerFactory.getLogger(DiscoverySource.class);
    private static final String EMPTY = "it knows no instance any more";
    private static final Duration QUESTION_TIMEOUT = Duration.ofSeconds(5);

    private final String id;
    private final ReactiveDiscoveryClient client;
    private final Duration interval;
    private volatile @Nullable Disposable running;
    private volatile @Nullable String trouble;
    private boolean answered;

    DiscoverySource(String id, ReactiveDiscoveryClient client, Duration interval) {
        this.id = id;
        this.client = client;
        this.interval = interval;
    }

    @Override
    public void start(Consumer<List<Endpoint>> onChange) {
        running =
                Mono.defer(this::ask)
                        .doOnNext(endpoints -> report(endpoints, onChange))
                        .onErrorResume(this::failed)
                        .repeatWhen(rounds -> rounds.delayElements(interval))
                        .subscribe();
    }

    private Mono<List<Endpoint>> ask() {
        return Flux.from(client.getInstances(id))
                .map(DiscoverySource::endpoint)
                .collectList()
                .timeout(QUESTION_TIMEOUT);
    }

    private void report(List<Endpoint> endpoints, Consumer<List<Endpoint>> onChange) {
        if (endpoints.isEmpty() && answered) {
            troubled(EMPTY);
            return;
        }
        if (trouble != null) {
            LOG.info("upstream {}: discovery answers again", id);
            trouble = null;
        }
        answered = answered || !endpoints.isEmpty();
        onChange.accept(endpoints);
    }

    private Mono<List<Endpoint>> failed(Throwable error) {
        troubled(error.toString());
        return Mono.empty();
    }

    private void troubled(String what) {
        if (trouble == null) {
            LOG.warn("upstream {}: discovery failed, the last instances stay in use: {}", id, what);
        }
        trouble = what;
    }

    private static Endpoint endpoint(ServiceInstance instance) {
        Map<String, String> metadata =
                instance.getMetadata() == null ? Map.of() : instance.getMetadata();
        return new Endpoint(
                instance.isSecure() ? "https" : "http",
                instance.getHost(),
                instance.getPort(),
                weight(metadata.get("weight")),
                metadata.get("zone"),
                metadata);
    }

    /**
     * As Spring Cloud LoadBalancer reads it: the metadata entry {@code weight}; 1 if unreadable.
     */
    private static int weight(@Nullable String text) {
        if (text == null) {
            return 1;
        }
        try {
            return Math.max(0, Integer.parseInt(text.trim()));
        } catch (NumberFormatException e) {
            return 1;
        }
    }

    @Override
    public void stop() {
        Disposable current = running;
        if (current != null) {
            current.dispose();
        }
    }

    @Override
    public @Nullable String trouble() {
        return trouble;
    }

    @Override
    public String kind() {
        return "discovery";
    }
}
