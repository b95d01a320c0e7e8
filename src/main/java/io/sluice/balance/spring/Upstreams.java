package io.sluice.balance.spring;

import io.sluice.upstream.EndpointSource;
import io.sluice.upstream.spring.EndpointSources;
import io.sluice.upstream.spring.SourceSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Every upstream by its id: the configured ones, and those that routes name and discovery knows.
 * Looking one up is one read of a map.
 */
final class Upstreams implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Upstreams.class);
    private static final Duration FIRST_ANSWERS = Duration.ofSeconds(2);

    private final Map<String, Upstream> byId = new ConcurrentHashMap<>();
    private final List<Runnable> stopOnEnd = new ArrayList<>();
    private final Map<String, UpstreamSettings> configured;
    private final EndpointSources sources;
    private final Function<String, UpstreamSettings> defaults;
    private final Function<UpstreamSettings, Upstream> factory;
    private final Control control;
    private final Probes probes;
    private volatile boolean started;
    private volatile boolean watching;

    /**
     * @param defaults the settings of an upstream that is not configured
     * @param factory makes an upstream of its settings
     */
    Upstreams(
            Map<String, UpstreamSettings> configured,
            EndpointSources sources,
            Function<String, UpstreamSettings> defaults,
            Function<UpstreamSettings, Upstream> factory,
            Control control,
            Probes probes) {
        this.configured = configured;
        this.sources = sources;
        this.defaults = defaults;
        this.factory = factory;
        this.control = control;
        this.probes = probes;
    }

    /** The upstream of this id, or {@code null}. */
    @Nullable Upstream find(String id) {
        Upstream upstream = byId.get(id);
        return upstream == null && watching && sources.isDynamic()
                ? add(defaults.apply(id))
                : upstream;
    }

    /** The upstream of this id if it is in use already; never asks discovery. */
    @Nullable Upstream known(String id) {
        return byId.get(id);
    }

    /** The settings of an upstream that is configured, whether it runs or not. */
    @Nullable UpstreamSettings settings(String id) {
        return configured.get(id);
    }

    /** In the order of their ids. */
    Collection<Upstream> all() {
        return new TreeMap<>(byId).values();
    }

    /** Whether {@code lb://id} can ever have an instance; asked at start. */
    boolean mayServe(String id) {
        UpstreamSettings settings = configured.get(id);
        if (settings != null && !(settings.source() instanceof SourceSettings.Discovery)) {
            return true;
        }
        boolean known = sources.mayKnow(id);
        if (known && settings == null) {
            add(defaults.apply(id));
        }
        return known;
    }

    private Upstream add(UpstreamSettings settings) {
        return add(settings, () -> {});
    }

    /**
     * @param answered run whenever the source has reported
     */
    private synchronized Upstream add(UpstreamSettings settings, Runnable answered) {
        Upstream known = byId.get(settings.id());
        if (known != null) {
            return known;
        }
        Upstream upstream = factory.apply(settings);
        byId.put(settings.id(), upstream);
        EndpointSource source = sources.source(settings.id(), settings.source());
        upstream.source(source);
        Probes.Running checks = probes.start(upstream, settings);
        source.start(
                endpoints -> {
                    upstream.endpoints(endpoints);
                    checks.endpoints().accept(endpoints);
                    answered.run();
                });
        stopOnEnd.add(source::stop);
        stopOnEnd.add(checks.stop());
        return upstream;
    }

    /** Before the routes are checked and the web server opens. */
    @Override
    public int getPhase() {
        return -1;
    }

    @Override
    public void start() {
        CountDownLatch unanswered = new CountDownLatch(configured.size());
        for (UpstreamSettings settings : configured.values()) {
            AtomicBoolean first = new AtomicBoolean(true);
            add(
                    settings,
                    () -> {
                        if (first.getAndSet(false)) {
                            unanswered.countDown();
                        }
                    });
        }
        control.everySecond(() -> byId.values().forEach(Upstream::tick));
        awaitFirst(unanswered);
        watching = true;
        started = true;
    }

    /**
     * Waits for the sources' first answers, but not for long: a gateway that took requests before
     * them would answer 503, and one whose registry is away has to start all the same.
     */
    private void awaitFirst(CountDownLatch unanswered) {
        try {
            if (!unanswered.await(FIRST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("{} upstreams are not known yet", unanswered.getCount());
            }
            control.call(() -> true); // what was reported is in use then
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends sources and health checks; what is known stays in use. May be called twice. */
    synchronized void endWatching() {
        watching = false;
        stopOnEnd.forEach(Runnable::run);
        stopOnEnd.clear();
    }

    @Override
    public void stop() {
        started = false;
        endWatching();
        control.stop();
    }

    @Override
    public boolean isRunning() {
        return started;
    }
}
