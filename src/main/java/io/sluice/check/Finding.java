package io.sluice.check;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong or odd. Immutable.
 *
 * @param code stable, to be ignored by
 * @param error whether a gateway would not start with it
 * @param key the property
 * @param text what is the matter and what to do
 * @param file where the property stands; {@code null} where that is not known
 * @param line of the file, from 1; 0 where it is not known
 */
public record Finding(
        String code, boolean error, String key, String text, @Nullable String file, int line) {

    /** A finding of which the place is not known yet. */
    public static Finding warning(String code, String key, String text) {
        return new Finding(code, false, key, text, null, 0);
    }

    public Finding at(@Nullable String where, int lineThere) {
        return new Finding(code, error, key, text, where, lineThere);
    }

    /** Whether both are errors about one value in one line of a file. */
    public boolean saysTheSameAs(Finding other) {
        return error
                && other.error
                && line > 0
                && line == other.line
                && text.split(" ", 2)[0].equals(other.text.split(" ", 2)[0]);
    }

    /** The finding on one line. */
    public String line(String placeOfNone) {
        return (file == null ? placeOfNone : file)
                + (line > 0 ? ":" + line : "")
                + ": "
                + (error ? "error " : "warning ")
                + code
                + ": "
                + key
                + ": "
                + text;
    }
}
