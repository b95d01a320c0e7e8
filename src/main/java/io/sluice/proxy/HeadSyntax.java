package io.sluice.proxy;

/**
 * Follows the heads of HTTP/1.1 responses byte by byte and tells of lines that are no headers: one
 * without a colon, or with a space inside its name (RFC 9112 section 5.1). Decoders forgive these,
 * each in its own way. Blanks between a name and its colon are left to the decoder, which removes
 * them as that section asks of a proxy. Not thread-safe.
 */
public final class HeadSyntax {

    /** Where the status code's first digit stands: {@code HTTP/1.1 200}. */
    private static final int STATUS_AT = 9;

    private enum State {
        OUTSIDE,
        STATUS_LINE,
        LINE_START,
        NAME,
        BLANK_AFTER_NAME,
        REST,
        BROKEN
    }

    private State state = State.OUTSIDE;
    private int at;
    private boolean interim;

    /** The next byte begins a response's head. */
    public void begin() {
        state = State.STATUS_LINE;
        at = 0;
        interim = false;
    }

    /**
     * Whether bytes are to be shown to {@link #next}: a head has begun and neither ended nor
     * broken.
     */
    public boolean reading() {
        return state != State.OUTSIDE && state != State.BROKEN;
    }

    public boolean broken() {
        return state == State.BROKEN;
    }

    /**
     * Takes the next byte of a head.
     *
     * @return whether there is more to read, as {@link #reading} tells
     */
    public boolean next(byte value) {
        switch (state) {
            case STATUS_LINE -> statusLine(value);
            case LINE_START -> lineStart(value);
            case NAME -> name(value);
            case BLANK_AFTER_NAME -> {
                if (value == ':') {
                    state = State.REST;
                } else if (!isBlank(value)) {
                    state = State.BROKEN;
                }
            }
            case REST -> {
                if (value == '\n') {
                    state = State.LINE_START;
                }
            }
            default -> {}
        }
        return reading();
    }

    private void statusLine(byte value) {
        if (at == 0 && (value == '\r' || value == '\n')) {
            return;
        }
        if (at++ == STATUS_AT) {
            interim = value == '1';
        }
        if (value == '\n') {
            state = State.LINE_START;
        }
    }

    private void lineStart(byte value) {
        if (value == '\n') {
            end();
        } else if (isBlank(value)) {
            // A folded value, which the decoder joins to the line before.
            state = State.REST;
        } else if (value != '\r') {
            state = State.NAME;
            name(value);
        }
    }

    private void end() {
        if (interim) {
            begin();
        } else {
            state = State.OUTSIDE;
        }
    }

    private void name(byte value) {
        if (value == ':') {
            state = State.REST;
        } else if (isBlank(value)) {
            state = State.BLANK_AFTER_NAME;
        } else if (value == '\r' || value == '\n') {
            state = State.BROKEN;
        }
    }

    private static boolean isBlank(byte value) {
        return value == ' ' || value == '\t';
    }
}
