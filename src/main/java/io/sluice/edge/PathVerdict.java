package io.sluice.edge;

/** What {@link PathRules} says of a path: {@link #OK}, or why it is refused. */
public enum PathVerdict {
    OK("The path is unambiguous."),
    NOT_ABSOLUTE("The path must begin with a slash."),
    DOT_SEGMENT("The path must not contain the segments \".\" or \"..\", plain or encoded."),
    ENCODED_SLASH("The path must not contain an encoded slash or backslash."),
    EMPTY_SEGMENT("The path must not contain an empty segment (two slashes in a row)."),
    SEMICOLON("The path must not contain a semicolon."),
    BACKSLASH("The path must not contain a backslash."),
    CONTROL_CHARACTER("The path must not contain control characters, plain or encoded."),
    BAD_ENCODING("A percent sign in the path must be followed by two hexadecimal digits."),
    NOT_UTF8("The percent-encoded bytes of the path must be UTF-8."),
    DOUBLE_ENCODED(
            "The path must not hide a dot, a slash or a control character by encoding twice."),
    NON_ASCII("Characters outside ASCII must be percent-encoded in the path."),
    ILLEGAL_CHARACTER("The path contains a character that a URI path must encode.");

    private final String detail;

    PathVerdict(String detail) {
        this.detail = detail;
    }

    public boolean refused() {
        return this != OK;
    }

    /** Whether a route may ask for this to be let through. */
    public boolean relaxable() {
        return this == ENCODED_SLASH || this == SEMICOLON;
    }

    /** One fixed sentence for people; holds nothing of the request. */
    public String detail() {
        return detail;
    }
}
