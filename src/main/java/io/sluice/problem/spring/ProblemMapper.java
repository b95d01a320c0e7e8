package io.sluice.problem.spring;

import io.sluice.problem.Problem;
import org.jspecify.annotations.Nullable;

/** A feature's own reading of exceptions on routed requests. */
@FunctionalInterface
public interface ProblemMapper {

    /**
     * The problem that this exception stands for, or {@code null} when it is not this feature's.
     */
    @Nullable Problem problem(Throwable error);
}
