package io.sluice.ratelimit.bench;

/** A contender under a workload: who asks next, and through which gateway. */
final class Target {

    private final Contender contender;
    private final Workload workload;
    private final int[] stream;
    private int at;

    Target(Contender contender, Workload workload, int[] stream) {
        this.contender = contender;
        this.workload = workload;
        this.stream = stream;
    }

    void ask(Ticket ticket) {
        int turn = at++;
        ticket.key = stream[turn & (stream.length - 1)];
        ticket.askedNanos = System.nanoTime();
        contender.ask(turn % workload.gateways(), workload, ticket.key, ticket);
    }
}
