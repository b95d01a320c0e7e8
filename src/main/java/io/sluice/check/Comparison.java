package io.sluice.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what two configurations would do differently with the same requests. Not thread-safe. */
public final class Comparison {

    /** What may differ. */
    public enum Aspect {
        ROUTE("route"),
        LIMITS("rate limits"),
        AUTHENTICATION("authentication"),
        UPSTREAM("upstream"),
        ANSWER("answer");

        private final String text;

        Aspect(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /**
     * What becomes of a request. Each is a text that says it all, or {@code null} for nothing.
     *
     * @param answer what the gateway answers by itself
     */
    public record Fate(
            @Nullable String route,
            @Nullable String limits,
            @Nullable String authentication,
            @Nullable String upstream,
            @Nullable String answer) {

        private @Nullable String of(Aspect aspect) {
            return switch (aspect) {
                case ROUTE -> route;
                case LIMITS -> limits;
                case AUTHENTICATION -> authentication;
                case UPSTREAM -> upstream;
                case ANSWER -> answer;
            };
        }
    }

    /**
     * One change that requests meet.
     *
     * @param requests how many
     * @param examples the first of them, at most as many as were asked for
     */
    public record Change(
            Aspect aspect, String before, String after, long requests, List<String> examples) {}

    private record Pair(String before, String after) {}

    private static final class Met {
        private long requests;
        private final List<String> examples = new ArrayList<>();
    }

    private final int examples;
    private final Map<Aspect, Map<Pair, Met>> changes = new EnumMap<>(Aspect.class);
    private long total;
    private long different;

    /**
     * @param examples how many requests are kept for each change
     */
    public Comparison(int examples) {
        this.examples = examples;
    }

    /** Adds what became of a request that was made so many times. */
    public void add(String request, long times, Fate before, Fate after) {
        total += times;
        different += before.equals(after) ? 0 : times;
        for (Aspect aspect : Aspect.values()) {
            String was = text(before.of(aspect));
            String is = text(after.of(aspect));
            if (!was.equals(is)) {
                Met met =
                        changes.computeIfAbsent(aspect, any -> new LinkedHashMap<>())
                                .computeIfAbsent(new Pair(was, is), any -> new Met());
                met.requests += times;
                if (met.examples.size() < examples) {
                    met.examples.add(request);
                }
            }
        }
    }

    private static String text(@Nullable String value) {
        return value == null ? "none" : value;
    }

    /** Requests in all. */
    public long total() {
        return total;
    }

    /** Requests of which anything differs. */
    public long different() {
        return different;
    }

    /** Every change, by aspect; within one in the order in which they were met. */
    public List<Change> changes() {
        List<Change> all = new ArrayList<>();
        changes.forEach(
                (aspect, pairs) ->
                        pairs.forEach(
                                (pair, met) ->
                                        all.add(
                                                new Change(
                                                        aspect,
                                                        pair.before(),
                                                        pair.after(),
                                                        met.requests,
                                                        List.copyOf(met.examples)))));
        return all;
    }
}
