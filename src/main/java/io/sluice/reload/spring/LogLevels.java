package io.sluice.reload.spring;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggerGroup;
import org.springframework.boot.logging.LoggerGroups;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.ConfigurableEnvironment;

/** Sets the levels of {@code logging.level.*} that have changed. For one thread. */
final class LogLevels {

    private final LoggingSystem logging;
    private final @Nullable LoggerGroups groups;
    private Map<String, LogLevel> levels;

    LogLevels(
            LoggingSystem logging,
            @Nullable LoggerGroups groups,
            ConfigurableEnvironment environment) {
        this.logging = logging;
        this.groups = groups;
        this.levels = read(environment);
    }

    /**
     * The levels by logger.
     *
     * @throws RuntimeException for a word that is no level
     */
    static Map<String, LogLevel> read(ConfigurableEnvironment environment) {
        Map<String, LogLevel> read = new HashMap<>();
        Binder.get(environment)
                .bind("logging.level", Bindable.mapOf(String.class, LogLevel.class))
                .ifBound(read::putAll);
        return read;
    }

    void set(Map<String, LogLevel> next) {
        Map<String, LogLevel> before = levels;
        levels = next;
        before.keySet().stream()
                .filter(logger -> !next.containsKey(logger))
                .forEach(logger -> set(logger, isRoot(logger) ? LogLevel.INFO : null));
        next.forEach(
                (logger, level) -> {
                    if (level != before.get(logger)) {
                        set(logger, level);
                    }
                });
    }

    private static boolean isRoot(String logger) {
        return logger.toLowerCase(Locale.ROOT).equals("root");
    }

    private void set(String logger, @Nullable LogLevel level) {
        LoggerGroup group = groups == null ? null : groups.get(logger);
        if (group != null && group.hasMembers() && level != null) {
            group.configureLogLevel(level, logging::setLogLevel);
        } else {
            logging.setLogLevel(isRoot(logger) ? LoggingSystem.ROOT_LOGGER_NAME : logger, level);
        }
    }
}
