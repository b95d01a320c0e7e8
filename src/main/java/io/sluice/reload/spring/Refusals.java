package io.sluice.reload.spring;

import io.sluice.reload.Refusal;
import io.sluice.settings.SettingException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataException;
import org.springframework.boot.context.config.InvalidConfigDataPropertyException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.validation.ObjectError;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads out of an exception which setting of which file is wrong, and why. */
final class Refusals {

    private static final String UNREADABLE = "(the whole file)";

    private Refusals() {}

    /**
     * @param environment where the configuration was read into, as far as that came
     * @param files that were being read, for errors that do not tell in which
     */
    static Refusal of(
            Throwable failure,
            @Nullable ConfigurableEnvironment environment,
            List<String> files,
            Instant now) {
        List<Throwable> chain = chain(failure);
        Refusal told = null;
        for (int i = chain.size() - 1; i >= 0 && told == null; i--) {
            told = told(chain.get(i), environment, files, now);
        }
        if (told != null) {
            return told;
        }
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        return new Refusal(only(files), 0, UNREADABLE, null, messageOf(root), now);
    }

    /**
     * Whether the failure says that the configuration is wrong, rather than the world around it.
     */
    static boolean isOfConfiguration(Throwable failure) {
        return chain(failure).stream()
                .anyMatch(
                        one ->
                                one instanceof SettingException
                                        || one instanceof BindException
                                        || one instanceof UnboundConfigurationPropertiesException
                                        || one instanceof ConfigDataException
                                        || one instanceof PlaceholderResolutionException
                                        || one instanceof YAMLException);
    }

    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable at = failure; at != null && !chain.contains(at); at = at.getCause()) {
            chain.add(at);
        }
        return chain;
    }

    private static @Nullable Refusal told(
            Throwable one,
            @Nullable ConfigurableEnvironment environment,
            List<String> files,
            Instant now) {
        if (one instanceof SettingException setting) {
            Origins.Place place = Origins.of(environment, setting.property());
            return new Refusal(
                    place.file() == null ? only(files) : place.file(),
                    place.line(),
                    setting.property(),
                    setting.value(),
                    "expected: " + setting.expected(),
                    now);
        }
        if (one instanceof UnboundConfigurationPropertiesException unread
                && !unread.getUnboundProperties().isEmpty()) {
            ConfigurationProperty first = unread.getUnboundProperties().iterator().next();
            return of(first, "expected: a setting that there is", now);
        }
        if (one instanceof BindException bound) {
            return of(bound, environment, files, now);
        }
        if (one instanceof InvalidConfigDataPropertyException misplaced) {
            return of(misplaced.getProperty(), "a property that may not stand there", now);
        }
        if (one instanceof MarkedYAMLException marked) {
            int line = marked.getProblemMark() == null ? 0 : marked.getProblemMark().getLine() + 1;
            String problem = marked.getProblem() == null ? "no YAML" : marked.getProblem();
            return new Refusal(
                    only(files), line, UNREADABLE, null, "expected: YAML; " + problem, now);
        }
        return null;
    }

    private static Refusal of(ConfigurationProperty property, String reason, Instant now) {
        Origins.Place place = Origins.of(property.getOrigin());
        return new Refusal(
                place.file(),
                place.line(),
                property.getName().toString(),
                String.valueOf(property.getValue()),
                reason,
                now);
    }

    private static Refusal of(
            BindException bound,
            @Nullable ConfigurableEnvironment environment,
            List<String> files,
            Instant now) {
        String reason = reasonOf(bound);
        ConfigurationProperty property = bound.getProperty();
        if (property != null) {
            return of(property, reason, now);
        }
        String name = bound.getName().toString();
        Origins.Place place = Origins.of(environment, name);
        return new Refusal(
                place.file() == null ? only(files) : place.file(),
                place.line(),
                name,
                null,
                reason,
                now);
    }

    private static String reasonOf(BindException bound) {
        Throwable root = NestedExceptionUtils.getMostSpecificCause(bound);
        if (root instanceof BindValidationException invalid) {
            return invalid.getValidationErrors().getAllErrors().stream()
                    .map(ObjectError::getDefaultMessage)
                    .reduce((a, b) -> a + "; " + b)
                    .orElse("not valid");
        }
        return messageOf(root);
    }

    private static @Nullable String only(List<String> files) {
        return files.isEmpty() ? null : String.join(", ", files);
    }

    private static String messageOf(Throwable root) {
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
