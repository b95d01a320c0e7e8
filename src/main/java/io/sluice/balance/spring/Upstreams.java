package io.sluice.balance.spring;

import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.pipeline.RequestState;
import io.sluice.upstream.EndpointSource;
import io.sluice.upstream.spring.EndpointSources;
import io.sluice.upstream.spring.SourceSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Every upstream by its id: the configured ones, which belong to the configuration that serves a
 * request, and those that routes name and discovery knows. Looking one up is one read of a map.
 */
final class Upstreams implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Upstreams.class);
    private static final Duration FIRST_ANSWERS = Duration.ofSeconds(2);

    private final ActiveConfiguration active;
    private final EndpointSources sources;
    private final BiFunction<UpstreamSettings, @Nullable String, Upstream> factory;
    private final Control control;
    private final Probes probes;
    private final Map<String, FedUpstream> discovered = new ConcurrentHashMap<>();
    private volatile boolean started;
    private volatile boolean watching;

    /**
     * @param first the upstreams of the start, not running yet
     * @param factory makes an upstream of its settings and the gateway's zone
     */
    Upstreams(
            UpstreamSet first,
            ActiveConfiguration active,
            EndpointSources sources,
            BiFunction<UpstreamSettings, @Nullable String, Upstream> factory,
            Control control,
            Probes probes) {
        this.active = active;
        this.sources = sources;
        this.factory = factory;
        this.control = control;
        this.probes = probes;
        active.put(UpstreamSet.PART, first);
    }

    /** The upstream of this id for this request, or {@code null}. */
    @Nullable Upstream find(String id, RequestState request) {
        return find(id, request.configuration(active).get(UpstreamSet.PART));
    }

    /** The upstream of this id, or {@code null}. */
    @Nullable Upstream find(String id) {
        return find(id, current());
    }

    private @Nullable Upstream find(String id, UpstreamSet set) {
        Upstream configured = set.find(id);
        if (configured != null) {
            return configured;
        }
        FedUpstream found = discovered.get(id);
        if (found != null) {
            return found.upstream();
        }
        return watching && sources.isDynamic() ? discover(id, set) : null;
    }

    private UpstreamSet current() {
        return active.current().get(UpstreamSet.PART);
    }

    /** The upstream of this id if it is in use already; never asks discovery. */
    @Nullable Upstream known(String id) {
        Upstream configured = current().find(id);
        FedUpstream found = configured == null ? discovered.get(id) : null;
        return found == null ? configured : found.upstream();
    }

    /** The settings of an upstream that is configured, whether it runs or not. */
    @Nullable UpstreamSettings settings(String id) {
        return current().settings().get(id);
    }

    /** In the order of their ids. */
    Collection<Upstream> all() {
        Map<String, Upstream> all = new TreeMap<>();
        discovered.forEach((id, one) -> all.put(id, one.upstream()));
        current().fed().forEach((id, one) -> all.put(id, one.upstream()));
        return all.values();
    }

    /** Whether {@code lb://id} can ever have an instance; asked while routes are built. */
    boolean mayServe(String id) {
        UpstreamSet set = active.building().get(UpstreamSet.PART);
        UpstreamSettings settings = set.settings().get(id);
        if (settings != null && !(settings.source() instanceof SourceSettings.Discovery)) {
            return true;
        }
        boolean known = sources.mayKnow(id);
        if (known && settings == null) {
            discover(id, set);
        }
        return known;
    }

    private synchronized Upstream discover(String id, UpstreamSet set) {
        FedUpstream known = discovered.get(id);
        if (known != null) {
            return known.upstream();
        }
        FedUpstream made = made(set.defaults().apply(id), set.given());
        discovered.put(id, made);
        begin(made);
        return made.upstream();
    }

    /** A new one with its source, which is not started. */
    FedUpstream made(UpstreamSettings settings, BalanceSettings given) {
        return fed(factory.apply(settings, given.zone()));
    }

    /** With a new source, which is not started. */
    FedUpstream fed(Upstream upstream) {
        UpstreamSettings settings = upstream.settings();
        EndpointSource source = sources.source(settings.id(), settings.source());
        return new FedUpstream(upstream, new FedUpstream.Feed(upstream, source));
    }

    private void begin(FedUpstream one) {
        one.upstream().source(one.feed().source());
        one.feed().start();
        check(one);
    }

    /** Starts the health checks that its settings ask for. */
    void check(FedUpstream one) {
        one.feed().check(probes.start(one.feed()::probed, one.upstream().settings()));
    }

    /** What runs under this id, configured in this set or discovered. */
    @Nullable FedUpstream running(String id, UpstreamSet set) {
        FedUpstream configured = set.fed().get(id);
        return configured == null ? discovered.get(id) : configured;
    }

    /**
     * Discovered upstreams that have become configured ones are not looked for here any more.
     *
     * @param others whether the rest is to be made anew when it is next asked for
     */
    synchronized void adopted(Set<String> ids, boolean others) {
        discovered.keySet().removeAll(ids);
        if (others) {
            discovered.values().forEach(FedUpstream::end);
            discovered.clear();
        }
    }

    /** Before the routes are checked and the web server opens. */
    @Override
    public int getPhase() {
        return -1;
    }

    @Override
    public void start() {
        UpstreamSet set = current();
        Map<String, FedUpstream> running = new HashMap<>();
        set.settings().forEach((id, settings) -> running.put(id, made(settings, set.given())));
        active.put(UpstreamSet.PART, set.with(running));
        running.values().forEach(this::begin);
        control.everySecond(() -> all().forEach(Upstream::tick));
        awaitFirst(running.values());
        watching = true;
        started = true;
    }

    /**
     * Waits for the sources' first answers, but not for long: a gateway that took requests before
     * them would answer 503, and one whose registry is away has to start all the same.
     */
    void awaitFirst(Collection<FedUpstream> running) {
        long end = System.nanoTime() + FIRST_ANSWERS.toNanos();
        int unanswered = 0;
        try {
            for (FedUpstream one : running) {
                long left = end - System.nanoTime();
                if (!one.feed().answered().await(left, TimeUnit.NANOSECONDS)) {
                    unanswered++;
                }
            }
            if (unanswered > 0) {
                LOG.warn("{} upstreams are not known yet", unanswered);
            }
            control.call(() -> true); // what was reported is in use then
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends sources and health checks; what is known stays in use. May be called twice. */
    synchronized void endWatching() {
        watching = false;
        current().fed().values().forEach(one -> one.feed().stop());
        discovered.values().forEach(one -> one.feed().stop());
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
