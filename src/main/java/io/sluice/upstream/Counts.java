package io.sluice.upstream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** The words that requests write, side by side so that one pick touches one cache line. */
abstract class Counts extends CountPadding {

    static final VarHandle IN_FLIGHT = handle("inFlight", long.class);
    static final VarHandle WAITING = handle("waiting", long.class);
    static final VarHandle ESTIMATE = handle("estimate", long.class);
    static final VarHandle PICKS = handle("picks", long.class);
    static final VarHandle FAILURES = handle("failures", long.class);

    /** Leases that are open. An {@code int} would slip into the gap after the object's header. */
    volatile long inFlight;

    /** Leases that have seen no response yet, with the sum of their starts ({@link Waiting}). */
    volatile long waiting;

    /** The response time and when it was last measured ({@link ResponseTimeEstimate}). */
    volatile long estimate;

    volatile long picks;
    volatile long failures;

    private static VarHandle handle(String field, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(Counts.class, field, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
