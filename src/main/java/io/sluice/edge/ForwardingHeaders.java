package io.sluice.edge;

import java.util.List;

/**
 * The forwarding headers of a request as they came, each with its lines in order; empty where
 * absent. None of it is believed yet.
 */
public record ForwardingHeaders(
        List<String> xForwardedFor,
        List<String> forwarded,
        List<String> xForwardedProto,
        List<String> xForwardedHost,
        List<String> xForwardedPort) {

    /** None at all. */
    public static final ForwardingHeaders NONE =
            new ForwardingHeaders(List.of(), List.of(), List.of(), List.of(), List.of());
}
