package io.sluice.edge;

/**
 * Tells a client that sends its body too slowly. Time counts only while somebody waits for bytes,
 * so what an upstream is slow to take is not held against the client. In each window of waiting a
 * least number of bytes must come. Not thread-safe.
 */
public final class BodyPace {

    private final int windowTicks;
    private final long leastBytes;
    private int waited;
    private long bytes;

    /**
     * @param windowTicks length of a window in ticks, 1 or more
     * @param leastBytes what must come in one window
     */
    public BodyPace(int windowTicks, long leastBytes) {
        this.windowTicks = windowTicks;
        this.leastBytes = leastBytes;
    }

    /** This many bytes have come. */
    public void received(int count) {
        bytes += count;
    }

    /**
     * One tick has passed.
     *
     * @param waiting whether bytes are waited for
     * @return whether a window has ended with too little
     */
    public boolean tooSlow(boolean waiting) {
        if (!waiting || ++waited < windowTicks) {
            return false;
        }
        boolean slow = bytes < leastBytes;
        waited = 0;
        bytes = 0;
        return slow;
    }
}
