package io.sluice.ratelimit;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Other sizes of a policy's buckets, chosen by a claim of the verified token. A request whose claim
 * is absent, or names no plan, is under the policy's own size. Immutable.
 *
 * @param claim the claim whose value names the plan
 * @param shapes size and refill by plan; the names are compared as they are written
 */
public record Plans(String claim, Map<String, BucketShape> shapes) {

    /** The policy's own size for everybody. */
    public static final Plans NONE = new Plans("", Map.of());

    public Plans {
        shapes = Map.copyOf(shapes);
    }

    /** The names of the plans. */
    public Set<String> names() {
        return shapes.keySet();
    }

    /** The plan of this request, or {@code null} for the policy's own size. */
    @Nullable String chosen(KeySource source) {
        if (shapes.isEmpty()) {
            return null;
        }
        String value = source.claim(claim);
        return value != null && shapes.containsKey(value) ? value : null;
    }

    /** The smallest capacity, that of the policy's own size included. */
    public long smallest(BucketShape own) {
        return shapes.values().stream()
                .mapToLong(BucketShape::capacity)
                .reduce(own.capacity(), Math::min);
    }

    BucketShape shape(String plan) {
        BucketShape shape = shapes.get(plan);
        if (shape == null) {
            throw new IllegalArgumentException("plan: " + plan + " (expected: " + names() + ")");
        }
        return shape;
    }
}
