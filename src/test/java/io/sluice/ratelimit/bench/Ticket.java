package io.sluice.ratelimit.bench;

/** One question to a limiter, asked by one thread and answered on any. Used again and again. */
final class Ticket {

    private final Inbox inbox;
    Ticket next;
    int key;
    long askedNanos;
    long answeredNanos;
    boolean allowed;
    boolean failed;

    /** Answered on the thread that asked: nobody was waited for. */
    boolean atOnce;

    /** Which phase it is out for. */
    int phase;

    Ticket(Inbox inbox) {
        this.inbox = inbox;
    }

    void answer(boolean yes) {
        end(yes, false);
    }

    /** No answer can be had. */
    void fail() {
        end(false, true);
    }

    private void end(boolean yes, boolean failure) {
        allowed = yes;
        failed = failure;
        answeredNanos = System.nanoTime();
        atOnce = inbox.isOwn();
        inbox.put(this);
    }
}
