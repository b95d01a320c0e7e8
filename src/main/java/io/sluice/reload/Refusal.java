package io.sluice.reload;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A configuration that was not taken, and why.
 *
 * @param file where the setting stands, as the user would open it; {@code null} where no file has
 *     it, such as for a setting that is missing or comes from the environment
 * @param line of the file, from 1; 0 where it is not known
 * @param key the property, or a word for what cannot be read as properties at all
 * @param value as the user wrote it, secrets masked; {@code null} where there is none
 * @param reason what is wrong with it or what was expected, on one line
 * @param time when it was refused
 */
public record Refusal(
        @Nullable String file,
        int line,
        String key,
        @Nullable String value,
        String reason,
        Instant time) {

    public Refusal {
        value = value == null ? null : Secrets.mask(key, value);
        reason = reason.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }

    /** File and line, key, value and reason on one line. */
    public String text() {
        StringBuilder text = new StringBuilder();
        if (file != null) {
            text.append(file);
            if (line > 0) {
                text.append(':').append(line);
            }
            text.append(": ");
        }
        text.append(key);
        if (value != null) {
            text.append(": ").append(value);
        }
        return text.append(" (").append(reason).append(')').toString();
    }
}
