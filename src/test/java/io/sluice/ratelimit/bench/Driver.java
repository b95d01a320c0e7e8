package io.sluice.ratelimit.bench;

import java.util.ArrayDeque;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;

/** Asks a contender, from the thread that made it, and keeps what was answered. */
final class Driver {

    private static final int TICKETS = 4096;
    private static final long GRACE_NANOS = 10_000_000_000L;

    /** What a phase saw. Latencies in nanoseconds. */
    static final class Seen {
        final Histogram latency = new Histogram(3_600_000_000_000L, 3);
        final Histogram deniedAtOnce = new Histogram(3_600_000_000_000L, 3);

        /** Of those asked from {@code laterNanos} on. */
        final Histogram latencyLater = new Histogram(3_600_000_000_000L, 3);

        long laterNanos = Long.MAX_VALUE;
        long decisions;
        long allowed;
        long failed;

        /** Questions that could not be asked, for all tickets were out. */
        long unasked;

        /** Answers that did not come in the grace after the phase. */
        long lost;

        long nanos;
    }

    private final Inbox inbox = new Inbox();
    private final ArrayDeque<Ticket> free = new ArrayDeque<>(TICKETS);
    private int phase;

    Driver() {
        for (int i = 0; i < TICKETS; i++) {
            free.add(new Ticket(inbox));
        }
    }

    /** Keeps so many questions out all the time, until the time is over. */
    Seen closed(Target target, int out, long nanos, Admissions admissions) {
        return closed(target, out, nanos, Integer.MAX_VALUE, admissions);
    }

    /** As many questions as that, in whatever time. */
    Seen ask(Target target, int out, int questions, Admissions admissions) {
        return closed(target, out, GRACE_NANOS, questions, admissions);
    }

    private Seen closed(Target target, int out, long nanos, int questions, Admissions admissions) {
        Seen seen = new Seen();
        long start = System.nanoTime();
        long end = start + nanos;
        int left = questions;
        for (int i = 0; i < out; i++, left--) {
            ask(target, seen);
        }
        while (System.nanoTime() - end < 0 && left > 0) {
            int answers = collect(seen, admissions);
            for (int i = 0; i < answers && left > 0; i++, left--) {
                ask(target, seen);
            }
            if (answers == 0) {
                inbox.await(end - System.nanoTime());
            }
        }
        return finish(seen, start, admissions);
    }

    /** Asks at random times, so many a second on average, whatever is answered. */
    Seen open(
            Target target,
            double perSecond,
            long nanos,
            RandomGenerator random,
            Admissions admissions) {
        return open(target, perSecond, nanos, Long.MAX_VALUE, random, admissions);
    }

    /**
     * As above.
     *
     * @param later from when on latencies are kept apart as well, after the start
     */
    Seen open(
            Target target,
            double perSecond,
            long nanos,
            long later,
            RandomGenerator random,
            Admissions admissions) {
        Seen seen = new Seen();
        long start = System.nanoTime();
        seen.laterNanos = later == Long.MAX_VALUE ? later : start + later;
        double due = start;
        while (due < start + nanos) {
            collect(seen, admissions);
            long now = System.nanoTime();
            while (due <= now && due < start + nanos) {
                ask(target, seen);
                due += random.nextExponential() * 1e9 / perSecond;
            }
            inbox.await((long) due - System.nanoTime());
        }
        return finish(seen, start, admissions);
    }

    private void ask(Target target, Seen seen) {
        Ticket ticket = free.poll();
        if (ticket == null) {
            seen.unasked++;
            return;
        }
        ticket.phase = phase;
        target.ask(ticket);
    }

    private int collect(Seen seen, Admissions admissions) {
        int count = 0;
        for (Ticket ticket = inbox.take(), next; ticket != null; ticket = next) {
            next = ticket.next;
            if (ticket.phase != phase) {
                continue; // counted as lost, and replaced
            }
            keep(ticket, seen, admissions);
            free.add(ticket);
            count++;
        }
        return count;
    }

    private static void keep(Ticket ticket, Seen seen, Admissions admissions) {
        long took = ticket.answeredNanos - ticket.askedNanos;
        seen.latency.recordValue(took);
        if (ticket.askedNanos >= seen.laterNanos) {
            seen.latencyLater.recordValue(took);
        }
        seen.decisions++;
        if (ticket.failed) {
            seen.failed++;
        } else if (ticket.allowed) {
            seen.allowed++;
            admissions.add(ticket);
        } else if (ticket.atOnce) {
            seen.deniedAtOnce.recordValue(took);
        }
    }

    private Seen finish(Seen seen, long start, Admissions admissions) {
        long deadline = System.nanoTime() + GRACE_NANOS;
        seen.nanos = System.nanoTime() - start;
        while (free.size() < TICKETS && System.nanoTime() - deadline < 0) {
            collect(seen, admissions);
            inbox.await(1_000_000);
        }
        seen.lost = TICKETS - free.size();
        for (int i = 0; i < seen.lost; i++) {
            free.add(new Ticket(inbox));
        }
        phase++;
        return seen;
    }
}
