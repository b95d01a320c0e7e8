package io.sluice.settings.spring;

import io.sluice.settings.SettingException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints a refused setting the way Spring Boot prints its own: what is wrong, then what to do. */
final class SettingFailureAnalyzer extends AbstractFailureAnalyzer<SettingException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SettingException cause) {
        String description =
                "A setting is not valid:%n%n    Property: %s%n    Value: %s%n    Expected: %s"
                        .formatted(cause.property(), cause.value(), cause.expected());
        return new FailureAnalysis(
                description, "Correct " + cause.property() + " and start again.", cause);
    }
}
