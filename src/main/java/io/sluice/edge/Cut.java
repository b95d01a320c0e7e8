package io.sluice.edge;

/** Why a client's connection or request was ended before its time. */
public enum Cut {
    /** More connections than there may be in all. */
    TOTAL,
    /** More connections than one client may have. */
    CLIENT,
    /** Nothing came on a new connection. */
    FIRST_BYTE,
    /** A head, or the rest of a body after its answer, took too long. */
    HEAD,
    /** A body came too slowly. */
    BODY,
    /** A body was too large. */
    SIZE,
    /** The client did not take its response. */
    WRITE,
    /** Frames of HTTP/2 that only cost. */
    FLOOD
}
