package io.sluice.problem.spring;

import io.sluice.problem.Problem;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ResponseStatusException;

/**
 * A refusal on its way through filters that know only exceptions (Spring Cloud Gateway's Retry and
 * CircuitBreaker look at its status). Carries no stack.
 */
public class ProblemException extends ResponseStatusException {

    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial")
    private final Problem problem;

    public ProblemException(Problem problem) {
        super(HttpStatusCode.valueOf(problem.status()), problem.error());
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable fillInStackTrace() {
        return this;
    }
}
