package io.sluice.edge;

/**
 * Counts frames that cost the receiver something and bring nothing, in windows of time. Frames that
 * bring something make good for one each. Not thread-safe.
 */
public final class FloodCount {

    private final int most;
    private final long windowNanos;
    private long windowStart;
    private int idle;
    private int useful;

    /**
     * @param most frames of no use in one window
     * @param now when the first window begins, in nanoseconds
     */
    public FloodCount(int most, long windowNanos, long now) {
        this.most = most;
        this.windowNanos = windowNanos;
        this.windowStart = now;
    }

    /** Begins a new window where the last one is over. */
    public void at(long now) {
        if (now - windowStart > windowNanos) {
            windowStart = now;
            idle = 0;
            useful = 0;
        }
    }

    public void count(boolean isUseful) {
        if (isUseful) {
            useful++;
        } else {
            idle++;
        }
    }

    /** Whether this window's count is above its limit. */
    public boolean floods() {
        return idle - useful > most;
    }
}
