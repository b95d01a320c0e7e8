package io.sluice.observe;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One finished request, as the access log tells it. Immutable. Query strings, credentials and
 * header values have no place in it.
 *
 * @param time when the request arrived
 * @param millis from arrival to the last byte or the cut
 * @param status the status sent, or 499 when the client left before one was
 * @param bytes body bytes handed to the connection
 * @param upstreamMillis the last attempt's time until its response began, or -1
 */
public record AccessRecord(
        Instant time,
        String requestId,
        String client,
        String method,
        String path,
        int status,
        long bytes,
        double millis,
        @Nullable String route,
        @Nullable String upstream,
        @Nullable String instance,
        int attempts,
        double upstreamMillis,
        @Nullable String limit,
        @Nullable String limitSource,
        @Nullable String subject,
        @Nullable String traceId,
        String outcome) {

    /** One line of JSON (RFC 8259), control characters escaped. */
    public String toJson() {
        JsonLine line = new JsonLine();
        line.add("time", time.toString());
        line.add("requestId", requestId);
        line.add("client", client);
        line.add("method", method);
        line.add("path", path);
        line.add("status", status);
        line.add("bytes", bytes);
        line.addDecimal("millis", millis);
        line.add("route", route);
        line.add("upstream", upstream);
        line.add("instance", instance);
        line.add("attempts", attempts);
        if (upstreamMillis >= 0) {
            line.addDecimal("upstreamMillis", upstreamMillis);
        }
        line.add("rateLimit", limit);
        line.add("rateLimitSource", limitSource);
        line.add("subject", subject);
        line.add("traceId", traceId);
        line.add("outcome", outcome);
        return line.end();
    }
}
