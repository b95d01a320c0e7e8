package io.sluice.routing;

import java.util.Arrays;

/** A growing list of ordinals that are added in ascending order; a repeated one is kept once. */
final class Ordinals {

    private int[] values = new int[2];
    private int size;

    void add(int ordinal) {
        if (size > 0 && values[size - 1] == ordinal) {
            return;
        }
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = ordinal;
    }

    int size() {
        return size;
    }

    int get(int index) {
        return values[index];
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
