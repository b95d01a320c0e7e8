package io.sluice.check.spring;

import io.sluice.check.Finding;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;

/**
 * Settings under the names that they had before Spring Cloud Gateway 5, which nobody reads any
 * more. Stateless.
 */
final class FormerNames {

    private static final Pattern FORMER =
            Pattern.compile("^spring\\.cloud\\.gateway\\.(?!server\\.)([^.\\[]+)");

    private FormerNames() {}

    static List<Finding> findings(ConfigurableEnvironment environment) {
        Set<String> found = new TreeSet<>();
        environment.getPropertySources().stream()
                .filter(EnumerablePropertySource.class::isInstance)
                .map(source -> (EnumerablePropertySource<?>) source)
                .flatMap(source -> Stream.of(source.getPropertyNames()))
                .map(FORMER::matcher)
                .filter(Matcher::find)
                .forEach(matcher -> found.add(matcher.group(1)));
        return found.stream()
                .map(
                        name ->
                                Finding.warning(
                                        "former-name",
                                        "spring.cloud.gateway." + name,
                                        "nobody reads it since Spring Cloud Gateway 5; write "
                                                + Written.GATEWAY
                                                + "."
                                                + name))
                .toList();
    }
}
