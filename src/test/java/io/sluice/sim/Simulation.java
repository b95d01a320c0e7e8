package io.sluice.sim;

import io.sluice.balance.PickRequest;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.Lease;
import io.sluice.upstream.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One run: a scenario, a contender, a seed. Single-threaded; the same arguments, the same result.
 */
final class Simulation {

    private final Scenario scenario;
    private final Events events = new Events();
    private final List<Instance> instances = new ArrayList<>();
    private final List<Gateway> gateways = new ArrayList<>();
    private final SplittableRandom arrivals;
    private final long[] clientKeys = new long[Scenario.CLIENTS];
    private final Recorder recorder;
    private final long endNanos;

    private Simulation(Scenario scenario, Contender contender, long seed) {
        this.scenario = scenario;
        this.endNanos = nanos(scenario.seconds());
        /* One stream each, so that what a contender draws changes nothing of what arrives. */
        SplittableRandom root = new SplittableRandom(seed);
        this.arrivals = root.split();
        SplittableRandom clients = root.split();
        for (int i = 0; i < clientKeys.length; i++) {
            clientKeys[i] = clients.nextLong();
        }
        SplittableRandom notices = root.split();
        for (InstanceSpec spec : scenario.fleet()) {
            instances.add(new Instance(spec, scenario.restarts(), events));
        }
        for (int i = 0; i < scenario.gateways(); i++) {
            gateways.add(new Gateway(scenario, contender, events, root.split()));
        }
        this.recorder = new Recorder(scenario.fleet().size(), nanos(scenario.measureFrom()));
        schedule(notices);
    }

    static Result run(Scenario scenario, Contender contender, long seed) {
        Simulation simulation = new Simulation(scenario, contender, seed);
        simulation.events.run();
        for (Gateway gateway : simulation.gateways) {
            if (gateway.inFlight() != 0) {
                throw new IllegalStateException("in flight at the end: " + gateway.inFlight());
            }
        }
        return simulation.recorder.result(scenario, contender);
    }

    private void schedule(SplittableRandom notices) {
        for (long at = 1_000_000_000; at < endNanos; at += 1_000_000_000) {
            events.at(at, () -> gateways.forEach(Gateway::tick));
        }
        Scenario.Restarts restarts = scenario.restarts();
        if (restarts.everySeconds() > 0) {
            for (int i = 0; i < instances.size(); i++) {
                int which = i;
                long down = nanos(restarts.firstSeconds() + i * restarts.everySeconds());
                long up = down + nanos(restarts.awaySeconds());
                events.at(down, () -> instances.get(which).stop());
                events.at(up, () -> instances.get(which).start());
                for (Gateway gateway : gateways) {
                    long notice = nanos(restarts.noticeSeconds() * notices.nextDouble());
                    events.at(down + notice, () -> gateway.learn(which, false));
                    events.at(up + notice, () -> gateway.learn(which, true));
                }
            }
        }
        events.after(gap(), this::arrive);
    }

    private long gap() {
        return (long) (-1e9 / scenario.perSecond() * Math.log(1 - arrivals.nextDouble()));
    }

    private void arrive() {
        if (events.now() >= endNanos) {
            return;
        }
        Gateway gateway = gateways.get(arrivals.nextInt(gateways.size()));
        long key = clientKeys[arrivals.nextInt(clientKeys.length)];
        long seed = arrivals.nextLong();
        attempt(new Request(gateway, PickRequest.keyed(key), events.now(), seed), 1);
        events.after(gap(), this::arrive);
    }

    private record Request(Gateway gateway, PickRequest pick, long startNanos, long seed) {}

    private void attempt(Request request, int attempt) {
        @Nullable Member member = request.gateway.pick(request.pick);
        if (member == null) {
            recorder.ended(request.startNanos, events.now(), Outcome.CONNECT_ERROR);
            return;
        }
        int at = Gateway.instance(member);
        recorder.picked(at, events.now());
        Lease lease = member.state().acquire(events.now());
        instances.get(at).take(request.seed, outcome -> answered(request, attempt, lease, outcome));
    }

    private void answered(Request request, int attempt, Lease lease, Outcome outcome) {
        request.gateway.ended(lease, outcome);
        if (outcome == Outcome.CONNECT_ERROR && attempt < scenario.attempts()) {
            PickRequest again = request.pick.withTried(Set.of(lease.state().id()));
            attempt(
                    new Request(request.gateway, again, request.startNanos, request.seed),
                    attempt + 1);
        } else {
            recorder.ended(request.startNanos, events.now(), outcome);
        }
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }
}
