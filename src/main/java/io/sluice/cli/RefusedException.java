package io.sluice.cli;

/** What was given is not good enough; the message names it and what was expected. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message);
    }
}
