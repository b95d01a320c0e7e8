package io.sluice.upstream.kubernetes;

import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointSlices;
import io.sluice.upstream.EndpointSlices.Merged;
import io.sluice.upstream.EndpointSource;
import io.sluice.upstream.SliceEvent;
import io.sluice.upstream.WatchPace;
import io.sluice.upstream.WatchPace.Trouble;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * Follows the EndpointSlices of a Service: a list, then watches one after the other, and a list
 * again when something may have been missed. While the API server is away the last endpoints stay.
 */
public final class KubernetesSource implements EndpointSource {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesSource.class);

    private final String id;
    private final KubernetesApi api;
    private final EndpointSlices slices;
    private final WatchPace pace;
    private final LongSupplier nanoClock;
    private volatile @Nullable Disposable running;
    private volatile @Nullable String trouble;

    // One round's signals come one after the other, so these need no lock.
    private @Nullable List<Endpoint> reported;
    private List<String> withoutPort = List.of();

    /**
     * @param id the upstream's, for the log
     */
    public KubernetesSource(
            String id,
            KubernetesApi api,
            EndpointSlices slices,
            WatchPace pace,
            LongSupplier nanoClock) {
        this.id = id;
        this.api = api;
        this.slices = slices;
        this.pace = pace;
        this.nanoClock = nanoClock;
    }

    @Override
    public void start(Consumer<List<Endpoint>> onChange) {
        running =
                Mono.defer(() -> round(onChange))
                        .onErrorResume(this::brokenOff)
                        .then(Mono.defer(() -> Mono.delay(pace.ended(nanoClock.getAsLong()))))
                        .repeat()
                        .subscribe();
    }

    private Mono<Void> round(Consumer<List<Endpoint>> onChange) {
        Mono<Void> known =
                slices.resourceVersion() != null
                        ? Mono.empty()
                        : api.list()
                                .doOnNext(
                                        list -> {
                                            slices.listed(list.slices(), list.resourceVersion());
                                            trouble = null;
                                            report(onChange);
                                        })
                                .then();
        return known.then(Mono.defer(() -> watch(onChange)));
    }

    private Mono<Void> watch(Consumer<List<Endpoint>> onChange) {
        String version = slices.resourceVersion();
        return version == null
                ? Mono.empty()
                : api.watch(version, this::opened)
                        .doOnNext(events -> apply(events, onChange))
                        .takeUntil(events -> slices.resourceVersion() == null)
                        .then();
    }

    private void opened() {
        if (pace.opened(nanoClock.getAsLong())) {
            trouble = null;
            LOG.info("upstream {}: the Kubernetes API answers again", id);
        }
    }

    private void apply(List<SliceEvent> events, Consumer<List<Endpoint>> onChange) {
        for (SliceEvent event : events) {
            slices.apply(event);
            if (event instanceof SliceEvent.Failed failed) {
                LOG.debug("upstream {}: the watch was given up: {}", id, failed.reason());
                break;
            }
            if (event instanceof SliceEvent.Expired) {
                break;
            }
            if (pace.heard()) {
                trouble = null;
                LOG.info("upstream {}: the Kubernetes API can be read again", id);
            }
        }
        report(onChange);
    }

    private void report(Consumer<List<Endpoint>> onChange) {
        Merged merged = slices.merged();
        if (!merged.withoutPort().equals(withoutPort)) {
            withoutPort = merged.withoutPort();
            if (!withoutPort.isEmpty()) {
                LOG.warn(
                        "upstream {}: the configured port is none of EndpointSlice {}; it is the"
                                + " number of a container port, or the name of a Service port",
                        id,
                        withoutPort);
            }
        }
        if (!merged.endpoints().equals(reported)) {
            reported = merged.endpoints();
            onChange.accept(merged.endpoints());
        }
    }

    private Mono<Void> brokenOff(Throwable error) {
        if (error instanceof UnreadableException) {
            slices.mistrust();
            trouble = "cannot be read: " + error.getMessage();
            if (pace.failed(Trouble.UNREADABLE)) {
                LOG.warn(
                        "upstream {}: the Kubernetes API cannot be read, its slices are listed"
                                + " again: {}",
                        id,
                        error.getMessage());
            }
        } else if (error instanceof RefusedException refused && refused.isGone()) {
            slices.mistrust();
        } else if (pace.isOpen()) {
            LOG.debug("upstream {}: the watch broke off: {}", id, error.toString());
        } else {
            trouble = "cannot be asked: " + error;
            if (pace.failed(Trouble.UNREACHABLE)) {
                LOG.warn(
                        "upstream {}: the Kubernetes API cannot be asked, the last instances stay"
                                + " in use: {}",
                        id,
                        error.toString());
            }
        }
        return Mono.empty();
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
        return "kubernetes";
    }
}
