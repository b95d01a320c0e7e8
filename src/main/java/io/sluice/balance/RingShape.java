package io.sluice.balance;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A hash ring to be looked at. Immutable.
 *
 * @param shares part of the keys, 0 to 1, that belongs to each endpoint id; unusable ones keep
 *     theirs, though their keys go elsewhere meanwhile
 * @param owners the ids that own places spread evenly over the circle, as places among the keys of
 *     {@code shares}
 */
public record RingShape(Map<String, Double> shares, List<Integer> owners) {

    RingShape(String[] ids, double[] owned, int[] sectors) {
        this(byId(ids, owned), Arrays.stream(sectors).boxed().toList());
    }

    private static Map<String, Double> byId(String[] ids, double[] owned) {
        Map<String, Double> shares = new LinkedHashMap<>();
        for (int i = 0; i < ids.length; i++) {
            shares.put(ids[i], owned[i]);
        }
        return shares;
    }
}
