package io.sluice.lifecycle;

/**
 * Watches one event loop by questions that it has to answer. Only the watcher's own looks are
 * counted, no time: while the whole process stands still, in a pause or on a stopped machine,
 * nobody looks and nobody is blamed. Safe for the watcher's thread and the loop's.
 */
public final class LoopWatch {

    /** What the watcher should do after a look. */
    public enum Look {
        /** Ask again: the last question was answered. */
        ASK,
        /** The last question is still open; there is no use in another. */
        WAIT
    }

    private final int patience;
    private volatile long answered;
    private long asked;
    private volatile int missed;

    /**
     * @param patience looks in a row that may find no answer; with one more the loop counts as
     *     stalled
     */
    public LoopWatch(int patience) {
        this.patience = patience;
    }

    /** One look, by the watcher. After {@link Look#ASK} it hands {@link #question} to the loop. */
    public Look look() {
        if (answered != asked) {
            missed = missed + 1;
            return Look.WAIT;
        }
        missed = 0;
        asked++;
        return Look.ASK;
    }

    /** The question that is open. */
    public long question() {
        return asked;
    }

    /** The loop works: it has come to this question. */
    public void answer(long question) {
        answered = question;
    }

    /** Whether the loop has left a question open for too many looks. */
    public boolean stalled() {
        return missed > patience;
    }
}
