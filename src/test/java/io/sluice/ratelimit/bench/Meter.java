package io.sluice.ratelimit.bench;

/** What a contender uses between two readings. */
final class Meter {

    /**
     * @param commands sent to Redis
     */
    record Reading(Server.Used used, long commands) {}

    private final Server server;
    private final Contender contender;
    private Server.Used lastUsed;
    private long lastPlain;

    Meter(Server server, Contender contender) {
        this.server = server;
        this.contender = contender;
        this.lastUsed = server.used();
        this.lastPlain = contender.plainCommands();
    }

    /** Since the last reading. */
    Reading read() {
        Server.Used used = server.used();
        long plain = contender.plainCommands();
        Server.Used since = used.since(lastUsed);
        Reading reading = new Reading(since, since.scripts() + plain - lastPlain);
        lastUsed = used;
        lastPlain = plain;
        return reading;
    }
}
