package io.sluice.upstream;

/**
 * What is counted for one endpoint: requests in flight, picks, failures, the response-time
 * estimate. Keyed by {@link Endpoint#id()}; survives every change of the set it is in.
 *
 * <p>Safe for any number of threads, without locks: each figure is one atomic word. Two figures
 * read one after the other may belong to different moments. Times are nanoseconds of one clock with
 * an arbitrary origin, {@link System#nanoTime()} in production.
 */
public final class EndpointState extends CountsThenPadding {

    private final String id;
    private final InFlightTotal total;

    /** A state on its own, with a total of its own. */
    public EndpointState(String id) {
        this(id, new InFlightTotal());
    }

    /** A state whose leases also count in {@code total}, which its siblings share. */
    public EndpointState(String id, InFlightTotal total) {
        this.id = id;
        this.total = total;
    }

    public String id() {
        return id;
    }

    /** Requests that hold a lease now; never negative. */
    public int inFlight() {
        return (int) (long) IN_FLIGHT.getOpaque(this);
    }

    /** Requests that hold a lease and have seen no response yet. */
    public int waiting() {
        return Waiting.count((long) WAITING.getOpaque(this));
    }

    /** Mean age of the requests that wait for a response, in nanoseconds; 0 when none does. */
    public float meanWaitingNanos(long nowNanos) {
        return Math.max(0, Waiting.meanAgeNanos((long) WAITING.getOpaque(this), nowNanos));
    }

    /**
     * The response time to expect, in nanoseconds: a peak EWMA over the times to the first byte
     * with failures booked as their penalty. −1 when unknown: never sampled, or not for 100 s.
     */
    public long responseTimeNanos(long nowNanos) {
        return ResponseTimeEstimate.nanos((long) ESTIMATE.getOpaque(this), nowNanos);
    }

    /**
     * How long a request that is sent now may take, in nanoseconds, to about 1 %: {@link
     * #responseTimeNanos} or {@link #meanWaitingNanos}, whichever is longer. Negative when the
     * response time is unknown.
     */
    public float expectedNanos(long nowNanos) {
        long estimate = (long) ESTIMATE.getOpaque(this);
        // Bits of floats that are not negative are in the floats' order; ints compare without a
        // branch.
        int known = Float.floatToRawIntBits(ResponseTimeEstimate.roughNanos(estimate, nowNanos));
        if (known <= 0) {
            return -1;
        }
        int waited =
                Float.floatToRawIntBits(
                        Waiting.meanAgeNanos((long) WAITING.getOpaque(this), nowNanos));
        return Float.intBitsToFloat(Math.max(known, waited));
    }

    /**
     * Whether the estimate is unknown or old: its last sample is older than four times the
     * estimate, at least 1 s and at most 10 s.
     */
    public boolean responseTimeStale(long nowNanos) {
        return ResponseTimeEstimate.stale((long) ESTIMATE.getOpaque(this), nowNanos);
    }

    /** Leases ever taken. */
    public long picks() {
        return picks;
    }

    /** Leases released with a failure. */
    public long failures() {
        return failures;
    }

    /** What this state and its siblings have in flight together. */
    InFlightTotal total() {
        return total;
    }

    /** Takes a lease for one attempt. The caller releases it whatever happens. */
    public Lease acquire(long nowNanos) {
        IN_FLIGHT.getAndAdd(this, 1L);
        WAITING.getAndAdd(this, Waiting.one(nowNanos));
        PICKS.getAndAdd(this, 1L);
        total.acquired();
        return new Lease(this, nowNanos);
    }

    void responded(long startNanos) {
        WAITING.getAndAdd(this, -Waiting.one(startNanos));
    }

    void sample(long sampleNanos, long nowNanos) {
        while (true) {
            long seen = (long) ESTIMATE.getVolatile(this);
            long next = ResponseTimeEstimate.sampled(seen, sampleNanos, nowNanos);
            if (next == seen || ESTIMATE.compareAndSet(this, seen, next)) {
                return;
            }
        }
    }

    void released(boolean failed) {
        IN_FLIGHT.getAndAdd(this, -1L);
        total.released();
        if (failed) {
            FAILURES.getAndAdd(this, 1L);
        }
    }
}
