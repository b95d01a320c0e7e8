package io.sluice.routing;

/**
 * What of a request a condition looks at. Immutable.
 *
 * @param kind the part of the request
 * @param name which header, query parameter or cookie; empty for the other kinds. Header names are
 *     in lower case
 */
public record Dimension(Kind kind, String name) {

    public static final Dimension HOST = new Dimension(Kind.HOST, "");
    public static final Dimension PATH = new Dimension(Kind.PATH, "");
    public static final Dimension METHOD = new Dimension(Kind.METHOD, "");

    /** The parts of a request, the cheapest to read first. */
    public enum Kind {
        METHOD,
        PATH,
        HOST,
        HEADER,
        QUERY,
        COOKIE
    }

    public static Dimension header(String name) {
        return new Dimension(Kind.HEADER, Fold.lower(name));
    }

    public static Dimension query(String name) {
        return new Dimension(Kind.QUERY, name);
    }

    public static Dimension cookie(String name) {
        return new Dimension(Kind.COOKIE, name);
    }
}
