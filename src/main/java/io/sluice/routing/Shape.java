package io.sluice.routing;

import java.util.List;

/**
 * A pattern of steps: path segments from the left, or the labels of a host from the right.
 * Immutable.
 *
 * @param steps in lower case; {@link #ANY} stands for any one step
 * @param open whether any number of further steps may follow, none included
 */
public record Shape(List<String> steps, boolean open) {

    /** Any one step. No literal step contains an asterisk, so nothing can be taken for it. */
    static final String ANY = "*";

    public Shape {
        steps = List.copyOf(steps);
    }
}
