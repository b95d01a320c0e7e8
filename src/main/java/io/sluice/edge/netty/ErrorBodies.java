package io.sluice.edge.netty;

import io.sluice.observe.RequestIds;
import io.sluice.problem.Problem;
import io.sluice.problem.spring.ProblemWriter;
import org.jspecify.annotations.Nullable;

/** Bodies of answers to what never became an exchange. Thread-safe. */
final class ErrorBodies {

    private static final Problem UNREADABLE =
            Problem.of(400, "bad-request", "Bad Request", "The request is not valid HTTP.");
    private static final Problem LONG_TARGET =
            Problem.of(414, "target-too-long", "URI Too Long", "The request target is too long.");
    private static final Problem LARGE_HEAD =
            Problem.of(
                    431,
                    "headers-too-large",
                    "Request Header Fields Too Large",
                    "The request's headers are too large.");

    private final RequestIds ids;

    ErrorBodies(RequestIds ids) {
        this.ids = ids;
    }

    byte[] body(Problem problem, @Nullable String path) {
        return ProblemWriter.body(problem, path, ids.make());
    }

    /** The problem for a status with which the codec refuses a request. */
    static Problem ofCodec(int status) {
        return switch (status) {
            case 413 -> ClientLimits.TOO_LARGE;
            case 414 -> LONG_TARGET;
            case 431 -> LARGE_HEAD;
            default -> UNREADABLE;
        };
    }
}
