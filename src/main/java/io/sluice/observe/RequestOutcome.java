package io.sluice.observe;

/** How a request ended, in the words of the metric label {@code outcome}. */
public enum RequestOutcome {
    SUCCESS("success"),
    CLIENT_ERROR("client_error"),
    SERVER_ERROR("server_error"),
    CANCELLED("cancelled");

    private final String label;

    RequestOutcome(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /** The outcome of a request that ran to its end with this status. */
    public static RequestOutcome of(int status) {
        if (status >= 500) {
            return SERVER_ERROR;
        }
        return status >= 400 ? CLIENT_ERROR : SUCCESS;
    }
}
