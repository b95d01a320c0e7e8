package io.sluice.edge;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a route may let pass in its paths although servers read it differently. */
public enum PathRelaxation {
    /** {@code %2F}, for APIs whose identifiers hold slashes. */
    ENCODED_SLASH,
    /** {@code ;}, for path parameters. */
    SEMICOLON;

    /** All of them, to tell what no route can let pass. */
    public static final Set<PathRelaxation> ALL = Set.copyOf(EnumSet.allOf(PathRelaxation.class));

    /** How it is written in a setting: {@code encoded-slash}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads a comma-separated list.
     *
     * @return the relaxations, or {@code null} when one has no such name
     */
    public static @Nullable Set<PathRelaxation> parse(String list) {
        Set<PathRelaxation> found = EnumSet.noneOf(PathRelaxation.class);
        for (String name : list.split(",", -1)) {
            PathRelaxation one = named(name.strip());
            if (one == null) {
                return null;
            }
            found.add(one);
        }
        return found;
    }

    private static @Nullable PathRelaxation named(String name) {
        for (PathRelaxation one : values()) {
            if (one.text().equals(name)) {
                return one;
            }
        }
        return null;
    }
}
