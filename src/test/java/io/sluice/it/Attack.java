package io.sluice.it;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One row of the catalogue: bytes that a client sends, and what must come of them.
 *
 * @param name the row of the catalogue and what is sent
 * @param bytes one character a byte
 * @param statuses answers that are right; 0 is a connection that is closed without one
 * @param reaches whether the upstream may see the request
 * @param ends whether the connection must be closed after the answer
 * @param seen what must hold of each request that the upstream saw
 */
record Attack(
        String name,
        String bytes,
        Set<Integer> statuses,
        boolean reaches,
        boolean ends,
        Predicate<RecordingUpstream.Received> seen) {

    /** Not HTTP, or framed in two ways: refused, nothing goes on, the connection ends. */
    static Attack framing(String name, String bytes) {
        return new Attack(name, bytes, Set.of(0, 400, 501), false, true, r -> true);
    }

    /** Refused with one of these; nothing goes on. */
    static Attack refused(String name, String bytes, Integer... statuses) {
        return new Attack(name, bytes, Set.of(statuses), false, false, r -> true);
    }

    /** Let through, as long as this holds of what the upstream saw. */
    static Attack harmless(String name, String bytes, Predicate<RecordingUpstream.Received> seen) {
        return new Attack(name, bytes, Set.of(200), true, false, seen);
    }

    static String get(String target, String... headers) {
        return request("GET", target, headers) + "\r\n";
    }

    /** A head with one Host and no empty line at its end. */
    static String request(String method, String target, String... headers) {
        StringBuilder head =
                new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: shop\r\n");
        Stream.of(headers).forEach(line -> head.append(line).append("\r\n"));
        return head.toString();
    }

    static String post(String framing, String body) {
        return request("POST", "/public/x", List.of(framing.split("\n")).toArray(String[]::new))
                + "\r\n"
                + body;
    }

    @Override
    public String toString() {
        return name;
    }
}
