package io.sluice.problem.spring;

import io.sluice.problem.Problem;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Answers every exception with a problem, in place of Spring Boot's error page. */
@AutoConfiguration(before = ErrorWebFluxAutoConfiguration.class)
class ProblemAutoConfiguration {

    @Bean
    ProblemExceptionHandler problemExceptionHandler(ObjectProvider<ProblemMapper> mappers) {
        Function<Throwable, @Nullable Problem> upstream =
                error ->
                        mappers.orderedStream()
                                .map(mapper -> mapper.problem(error))
                                .filter(problem -> problem != null)
                                .findFirst()
                                .orElse(null);
        return new ProblemExceptionHandler(upstream);
    }
}
