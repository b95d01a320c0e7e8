package io.sluice.health.spring;

import io.sluice.health.HealthCheckSettings;
import io.sluice.health.ProbePolicy;
import io.sluice.health.ProbeResult;
import io.sluice.health.ProbeState;
import io.sluice.upstream.Endpoint;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.client.HttpClient;

/**
 * Probes the endpoints of one upstream with GET, each on its own jittered clock, and tells a
 * listener when a finding changes. No endpoint has a thread; timers run on the scheduler, requests
 * on the client's event loops.
 *
 * <p>Each probe makes its own connection, so that it also shows whether one can be made, follows no
 * redirect and closes when the head of the answer is there. {@link #endpoints}, {@link #start} and
 * {@link #stop} belong to the control plane and may come in any order; {@link #state} is for any
 * thread.
 */
public final class HealthProber {

    /**
     * Is told when the verdict on an endpoint changes, on a thread that must not be blocked. A call
     * that is under way when its endpoint is removed may still arrive.
     */
    @FunctionalInterface
    public interface Listener {
        void changed(Endpoint endpoint, ProbeState state);
    }

    /** One endpoint from its start until it is removed or the prober stops; never used again. */
    private static final class Target {
        final Endpoint endpoint;
        final Disposable.Swap timer = Disposables.swap();
        final Sinks.Empty<Void> ended = Sinks.empty();
        volatile ProbeState state;

        Target(Endpoint endpoint, ProbeState state) {
            this.endpoint = endpoint;
            this.state = state;
        }

        void end() {
            timer.dispose();
            ended.tryEmitEmpty();
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(HealthProber.class);

    private final HealthCheckSettings settings;
    private final HttpClient client;
    private final ProbeGate gate;
    private final Scheduler scheduler;
    private final ProbePolicy policy;
    private final LongSupplier nanoClock;
    private final Listener listener;
    private boolean started; // guarded by this
    private volatile Map<String, Target> targets = Map.of();

    /**
     * @param client made by {@link HttpClient#newConnection()}, with the trust that https endpoints
     *     need
     * @param gate bounds the probes at once; shared by all upstreams
     * @param scheduler for timers, such as {@code Schedulers.parallel()}
     * @param random thread-safe
     * @param nanoClock {@link System#nanoTime} in production
     */
    public HealthProber(
            HealthCheckSettings settings,
            HttpClient client,
            ProbeGate gate,
            Scheduler scheduler,
            RandomGenerator random,
            LongSupplier nanoClock,
            Listener listener) {
        this.settings = settings;
        this.client =
                client.disableRetry(true)
                        .followRedirect(false)
                        .headers(headers -> headers.set("User-Agent", "sluice-health"));
        this.gate = gate;
        this.scheduler = scheduler;
        this.policy = new ProbePolicy(settings.interval(), random);
        this.nanoClock = nanoClock;
        this.listener = listener;
    }

    /**
     * Sets the endpoints to probe. One that stays keeps its state and its clock; one whose address
     * scheme changed is probed afresh; a probe of one that went is cancelled.
     */
    public synchronized void endpoints(Collection<Endpoint> endpoints) {
        Map<String, Target> before = targets;
        Map<String, Target> after = new HashMap<>(endpoints.size() * 2);
        for (Endpoint endpoint : endpoints) {
            Target known = before.get(endpoint.id());
            boolean same = known != null && known.endpoint.scheme().equals(endpoint.scheme());
            Target target =
                    known != null && same
                            ? known
                            : new Target(endpoint, ProbeState.unknown(nanoClock.getAsLong()));
            after.put(endpoint.id(), target);
        }
        targets = Map.copyOf(after);
        before.values().stream().filter(t -> !isCurrent(t)).forEach(Target::end);
        if (started) {
            after.values().stream()
                    .filter(t -> before.get(t.endpoint.id()) != t)
                    .forEach(this::begin);
        }
    }

    /** Begins to probe; again after {@link #stop} with what was known then. */
    public synchronized void start() {
        if (!started) {
            started = true;
            targets.values().forEach(this::begin);
        }
    }

    /** Cancels every timer and probe. States stay as they are. */
    public synchronized void stop() {
        if (started) {
            started = false;
            Map<String, Target> idle = new HashMap<>(targets.size() * 2);
            targets.forEach(
                    (id, target) -> idle.put(id, new Target(target.endpoint, target.state)));
            Map<String, Target> running = targets;
            targets = Map.copyOf(idle);
            running.values().forEach(Target::end);
        }
    }

    /** What probes found of this endpoint, or {@code null} for one that is not probed. */
    public @Nullable ProbeState state(String endpointId) {
        Target target = targets.get(endpointId);
        return target == null ? null : target.state;
    }

    private void begin(Target target) {
        probeAfter(target, policy.firstDelay().toNanos());
    }

    private void probeAfter(Target target, long delayNanos) {
        target.timer.update(
                scheduler.schedule(
                        () -> gate.submit(probe(target)), delayNanos, TimeUnit.NANOSECONDS));
    }

    private boolean isCurrent(Target target) {
        return targets.get(target.endpoint.id()) == target;
    }

    /** The whole of one probe, up to setting the clock for the next. */
    private Mono<Void> probe(Target target) {
        return Mono.defer(() -> isCurrent(target) ? ask(target.endpoint) : Mono.empty())
                .takeUntilOther(target.ended.asMono())
                .doOnNext(result -> book(target, result))
                .doOnError(e -> LOG.warn("A listener of health checks failed", e))
                .doFinally(signal -> continueWith(target))
                .then();
    }

    private void continueWith(Target target) {
        if (isCurrent(target)) {
            probeAfter(target, policy.nextDelay().toNanos());
        }
    }

    private Mono<ProbeResult> ask(Endpoint endpoint) {
        String uri = endpoint.scheme() + "://" + endpoint.id() + settings.path();
        return client.get()
                .uri(uri)
                .response()
                .<ProbeResult>map(response -> new ProbeResult.Answered(response.status().code()))
                .timeout(settings.timeout(), scheduler)
                .onErrorResume(HealthProber::failure);
    }

    private static Mono<ProbeResult> failure(Throwable error) {
        return Mono.just(
                error instanceof TimeoutException
                        ? new ProbeResult.TimedOut()
                        : new ProbeResult.Unreachable());
    }

    private void book(Target target, ProbeResult result) {
        if (!isCurrent(target)) {
            return;
        }
        ProbeState before = target.state;
        ProbeState after = before.after(result, settings, nanoClock.getAsLong());
        target.state = after;
        if (before.verdict() != after.verdict()) {
            listener.changed(target.endpoint, after);
        }
    }
}
