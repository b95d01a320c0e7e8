package io.sluice.console;

import io.sluice.console.Observation.Instance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who of an upstream's instances got how much, and who should have. Stateless. */
final class Shares {

    private Shares() {}

    /** An upstream as it is shown, beside what was seen of it some seconds ago. */
    static Picture.Upstream shown(
            Observation.Upstream now, Observation.@Nullable Upstream before, int most) {
        Map<String, Double> got = got(now, before);
        Map<String, Double> ideal = ideal(now);
        List<Instance> kept = kept(now.instances(), got, most);
        Observation.Ring ring = now.ring();
        return new Picture.Upstream(
                now.id(),
                now.algorithm(),
                now.source(),
                now.trouble(),
                now.panicking(),
                now.zoneLocal(),
                ring == null ? null : owners(ring, kept),
                kept.stream()
                        .map(
                                one ->
                                        new Picture.Instance(
                                                one,
                                                got.get(one.id()),
                                                ideal.get(one.id()),
                                                ring == null ? null : ring.shares().get(one.id())))
                        .toList(),
                now.instances().size() - kept.size());
    }

    /** Parts of the picks since then; empty where there were none. */
    private static Map<String, Double> got(
            Observation.Upstream now, Observation.@Nullable Upstream before) {
        if (before == null) {
            return Map.of();
        }
        Map<String, Long> earlier = new HashMap<>();
        before.instances().forEach(one -> earlier.put(one.id(), one.picks()));
        Map<String, Double> picks = new HashMap<>();
        for (Instance one : now.instances()) {
            long then = earlier.getOrDefault(one.id(), 0L);
            picks.put(one.id(), (double) (one.picks() < then ? one.picks() : one.picks() - then));
        }
        return parts(picks);
    }

    /** Parts by weight among those that picks may go to. */
    private static Map<String, Double> ideal(Observation.Upstream upstream) {
        if (upstream.zoneLocal()) {
            return Map.of();
        }
        boolean allZero = upstream.instances().stream().allMatch(one -> one.weight() == 0);
        Map<String, Double> weights = new HashMap<>();
        for (Instance one : upstream.instances()) {
            boolean may = one.usable() || upstream.panicking() || allZero;
            double weight = allZero ? 1 : one.effectiveWeight();
            weights.put(one.id(), may ? weight : 0);
        }
        return parts(weights);
    }

    private static Map<String, Double> parts(Map<String, Double> amounts) {
        double sum = amounts.values().stream().mapToDouble(Double::doubleValue).sum();
        if (sum <= 0) {
            return Map.of();
        }
        Map<String, Double> parts = new HashMap<>();
        amounts.forEach((id, amount) -> parts.put(id, amount / sum));
        return parts;
    }

    private static List<Instance> kept(List<Instance> all, Map<String, Double> got, int most) {
        if (all.size() <= most) {
            return all;
        }
        List<Instance> kept = new ArrayList<>(all);
        kept.sort(
                Comparator.comparing(Instance::usable)
                        .thenComparing(
                                one -> got.getOrDefault(one.id(), 0.0), Comparator.reverseOrder()));
        List<Instance> first = new ArrayList<>(kept.subList(0, most));
        first.sort(Comparator.comparing(Instance::id));
        return first;
    }

    private static List<Integer> owners(Observation.Ring ring, List<Instance> kept) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < kept.size(); i++) {
            places.put(kept.get(i).id(), i);
        }
        List<String> ids = List.copyOf(ring.shares().keySet());
        return ring.owners().stream()
                .map(owner -> places.getOrDefault(ids.get(owner), -1))
                .toList();
    }
}
