package io.sluice.routing;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request's way through the index. Used by one thread. */
final class Lookup {

    static final int[] NONE = {};

    private final RequestFacts request;
    private @Nullable List<String> path;
    private @Nullable List<String> host;
    private int[] found = NONE;

    Lookup(RequestFacts request) {
        this.request = request;
    }

    RequestFacts request() {
        return request;
    }

    List<String> steps(Dimension dimension) {
        if (dimension.kind() == Dimension.Kind.PATH) {
            path = path == null ? request.steps(dimension) : path;
            return path;
        }
        host = host == null ? request.steps(dimension) : host;
        return host;
    }

    /**
     * Takes these into the result.
     *
     * @param ordinals ascending, and not changed any more by anyone
     */
    void add(int[] ordinals) {
        if (ordinals.length > 0) {
            found = found.length == 0 ? ordinals : merge(found, ordinals);
        }
    }

    int[] found() {
        return found;
    }

    /** The union of two ascending arrays, ascending. */
    private static int[] merge(int[] left, int[] right) {
        int[] union = new int[left.length + right.length];
        int size = 0;
        int l = 0;
        int r = 0;
        while (l < left.length || r < right.length) {
            int next;
            if (r == right.length || (l < left.length && left[l] <= right[r])) {
                next = left[l];
            } else {
                next = right[r];
            }
            union[size++] = next;
            l += l < left.length && left[l] == next ? 1 : 0;
            r += r < right.length && right[r] == next ? 1 : 0;
        }
        return size == union.length ? union : Arrays.copyOf(union, size);
    }
}
