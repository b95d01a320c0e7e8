package io.sluice.sim;

import io.sluice.upstream.Outcome;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** A simulated instance: some workers and one queue before them. */
final class Instance {

    /** What a refused connection costs, in nanoseconds. */
    private static final long REFUSED_NANOS = 1_000_000;

    private record Job(long seed, Consumer<Outcome> answer) {}

    private final InstanceSpec spec;
    private final Scenario.Restarts restarts;
    private final Events events;
    private final ArrayDeque<Job> queue = new ArrayDeque<>();
    private int busy;
    private boolean up = true;
    private long upSince = Long.MIN_VALUE / 2;

    Instance(InstanceSpec spec, Scenario.Restarts restarts, Events events) {
        this.spec = spec;
        this.restarts = restarts;
        this.events = events;
    }

    /** Stops: new connections are refused, what it has is finished. */
    void stop() {
        up = false;
    }

    /** Starts again, cold. */
    void start() {
        up = true;
        upSince = events.now();
    }

    /**
     * @param seed of the request's work, the same whoever does it
     * @param answer is told how it ended, when it has
     */
    void take(long seed, Consumer<Outcome> answer) {
        if (!up) {
            events.after(REFUSED_NANOS, () -> answer.accept(Outcome.CONNECT_ERROR));
        } else if (busy < spec.workers()) {
            work(new Job(seed, answer));
        } else {
            queue.add(new Job(seed, answer));
        }
    }

    private void work(Job job) {
        busy++;
        long now = events.now();
        InstanceSpec.Spell spell = spec.spell();
        boolean inSpell = spell != null && spell.holds(now);
        ServiceTime time = inSpell && spell != null ? spell.serviceTime() : spec.serviceTime();
        double millis =
                time.millis(new SplittableRandom(job.seed)) * restarts.coldness(now - upSince);
        Outcome outcome =
                inSpell && spell != null && spell.fails() ? Outcome.SERVER_ERROR : Outcome.SUCCESS;
        long nanos = (long) (millis * 1e6);
        InstanceSpec.Pause pause = spec.pause();
        events.at(pause == null ? now + nanos : pause.end(now, nanos), () -> done(job, outcome));
    }

    private void done(Job job, Outcome outcome) {
        busy--;
        Job next = queue.poll();
        if (next != null) {
            work(next);
        }
        job.answer.accept(outcome);
    }
}
