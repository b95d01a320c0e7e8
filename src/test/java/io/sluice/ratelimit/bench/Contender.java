package io.sluice.ratelimit.bench;

/** A way to limit, as up to two gateways use it. Asked from one thread; answers from any. */
interface Contender extends AutoCloseable {

    String name();

    /** Asks through one of the gateways; the ticket is told once. */
    void ask(int gateway, Workload workload, int key, Ticket ticket);

    /** Sets the second gateway's clock off by so much. Nothing, where its clock plays no part. */
    default void skew(long micros) {}

    /** Commands sent so far that are no scripts. */
    default long plainCommands() {
        return 0;
    }

    @Override
    void close();
}
