package io.sluice.ratelimit;

/** Which of a store's servers did not answer, where the buckets of a decision lie on several. */
public final class ServerFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String server;

    public ServerFailedException(String server, Throwable cause) {
        super(server + " did not answer", cause, false, false);
        this.server = server;
    }

    /** Its name, as the store gives it. */
    public String server() {
        return server;
    }
}
