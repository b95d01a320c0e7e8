package io.sluice.edge.netty;

import io.sluice.edge.BodyPace;
import io.sluice.edge.Cut;
import io.sluice.problem.Problem;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * What a client may take, in nanoseconds and bytes, and who is told when one takes more. Immutable.
 *
 * @param firstByteNanos for the first byte of a connection
 * @param headNanos for a head from its first byte to its last
 * @param bodyNanos window of the least pace of a body
 * @param minBodyBytes what must come in one such window of waiting
 * @param writeNanos for a client to take anything of what waits for it
 * @param controlFrames most frames of no use in ten seconds of HTTP/2
 * @param told is told of each cut; called on event loops
 */
public record ClientLimits(
        long firstByteNanos,
        long headNanos,
        long bodyNanos,
        long minBodyBytes,
        long writeNanos,
        int controlFrames,
        Consumer<Cut> told) {

    static final Problem SLOW_HEAD =
            Problem.of(
                    408,
                    "slow-request",
                    "Request Timeout",
                    "The request's head did not come in time.");

    static final Problem SLOW_BODY =
            Problem.of(
                            408,
                            "slow-body",
                            "Request Timeout",
                            "The request's body did not come in time.")
                    .withHeader("Connection", "close");

    /** The answer to a body of more bytes than the route, or the gateway, takes. */
    public static final Problem TOO_LARGE =
            Problem.of(
                            413,
                            "content-too-large",
                            "Content Too Large",
                            "The request's body is too large.")
                    .withHeader("Connection", "close");

    BodyPace pace() {
        long period = Duration.ofMillis(Rounds.PERIOD_MILLIS).toNanos();
        return new BodyPace((int) Math.max(1, bodyNanos / period), minBodyBytes);
    }
}
