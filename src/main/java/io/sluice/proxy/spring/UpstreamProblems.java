package io.sluice.proxy.spring;

import io.sluice.problem.Problem;
import io.sluice.problem.spring.ProblemException;
import io.sluice.upstream.Outcome;
import org.jspecify.annotations.Nullable;

/** What the client is told when an upstream could not be had. Stateless. */
public final class UpstreamProblems {

    private static final Problem CONNECT =
            Problem.of(
                    502,
                    "upstream-connect-failed",
                    "Bad Gateway",
                    "The upstream could not be reached.");
    private static final Problem BROKEN =
            Problem.of(
                    502, "upstream-broken", "Bad Gateway", "The upstream's answer was not usable.");
    private static final Problem TIMEOUT =
            Problem.of(
                    504,
                    "upstream-timeout",
                    "Gateway Timeout",
                    "The upstream did not answer in time.");

    private static final Problem REQUEST_BODY =
            Problem.of(400, "bad-body", "Bad Request", "The request body cannot be read.");

    /** The upstream has no instance that could take the request (contract, section 3). */
    public static final Problem NO_INSTANCE =
            Problem.of(
                    503,
                    "no-upstream-instance",
                    "Service Unavailable",
                    "No instance of the upstream is available.");

    /** The same, for those who asked Spring Cloud Gateway for a 404 in this place. */
    public static final Problem NO_INSTANCE_404 =
            Problem.of(
                    404,
                    "no-upstream-instance",
                    "Not Found",
                    "No instance of the upstream is available.");

    private UpstreamProblems() {}

    /** The problem for this exception, or {@code null} when it has none to do with proxying. */
    public static @Nullable Problem of(Throwable error) {
        if (error instanceof RequestBodyException) {
            return error.getCause() instanceof ProblemException known
                    ? known.problem()
                    : REQUEST_BODY;
        }
        Outcome outcome = UpstreamFailure.of(error);
        if (outcome == null) {
            return null;
        }
        return switch (outcome) {
            case CONNECT_ERROR -> CONNECT;
            case TIMEOUT -> TIMEOUT;
            default -> BROKEN;
        };
    }
}
