package io.sluice.console;

import io.sluice.console.Observation.Decisions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes a picture of each look at the gateway, with the rates and shares that follow from the looks
 * before. Remembers ten seconds. One for all who look; for one thread at a time.
 */
public final class Camera {

    /** What one page can show and a reader can take in. */
    static final int MOST_ROUTES = 60;

    static final int MOST_UPSTREAMS = 40;
    static final int MOST_INSTANCES = 40;
    static final int MOST_POLICIES = 40;

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Deque<Observation> window = new ArrayDeque<>();

    /**
     * @param now a look later than those before it
     */
    public Picture picture(Observation now) {
        Observation last = window.peekLast();
        window.addLast(now);
        while (now.nanos() - window.getFirst().nanos() > WINDOW_NANOS && window.size() > 2) {
            window.removeFirst();
        }
        Observation first = last == null ? null : window.getFirst();
        List<Picture.Route> routes = routes(now, last, first);
        List<Observation.Upstream> upstreams = upstreams(now, routes);
        Map<String, Observation.Upstream> earlier =
                first == null ? Map.of() : byId(first.upstreams(), Observation.Upstream::id);
        Map<String, Observation.Policy> policiesBefore =
                last == null ? Map.of() : byId(last.policies(), Observation.Policy::name);
        return new Picture(
                traffic(sum(now), sum(last), sum(first), seconds(now, last)),
                routes,
                Math.max(0, now.routes().size() - MOST_ROUTES),
                upstreams.stream()
                        .map(one -> Shares.shown(one, earlier.get(one.id()), MOST_INSTANCES))
                        .toList(),
                now.upstreams().size() - upstreams.size(),
                now.policies().stream()
                        .limit(MOST_POLICIES)
                        .map(one -> policy(one, policiesBefore, seconds(now, last)))
                        .toList(),
                Math.max(0, now.policies().size() - MOST_POLICIES));
    }

    /** Seconds since then, or 0 where there is nothing to compare with. */
    private static double seconds(Observation now, @Nullable Observation then) {
        return then == null ? 0 : (now.nanos() - then.nanos()) / 1e9;
    }

    private static Counts sum(@Nullable Observation observation) {
        return observation == null
                ? Counts.NONE
                : observation.counts().values().stream().reduce(Counts.NONE, Counts::plus);
    }

    private static List<Picture.Route> routes(
            Observation now, @Nullable Observation last, @Nullable Observation first) {
        Set<String> busiest = new HashSet<>();
        now.routes().stream()
                .map(Observation.Route::id)
                .sorted(Comparator.comparingDouble(id -> -requestsSince(id, now, first)))
                .limit(MOST_ROUTES)
                .forEach(busiest::add);
        List<Picture.Route> shown = new ArrayList<>();
        for (Observation.Route route : now.routes()) {
            if (busiest.remove(route.id())) {
                Picture.Traffic traffic = traffic(route.id(), now, last, first);
                shown.add(
                        new Picture.Route(
                                route.id(),
                                route.uri(),
                                route.predicates(),
                                route.upstream(),
                                traffic));
            }
        }
        if (now.counts().containsKey(Observation.UNROUTED)) {
            Picture.Traffic traffic = traffic(Observation.UNROUTED, now, last, first);
            shown.add(new Picture.Route(Observation.UNROUTED, null, null, null, traffic));
        }
        return shown;
    }

    private static double requestsSince(String id, Observation now, @Nullable Observation then) {
        return since(counts(now, id).requests(), counts(then, id).requests());
    }

    private static Counts counts(@Nullable Observation observation, String id) {
        return observation == null
                ? Counts.NONE
                : observation.counts().getOrDefault(id, Counts.NONE);
    }

    private static Picture.@Nullable Traffic traffic(
            String id, Observation now, @Nullable Observation last, @Nullable Observation first) {
        return traffic(counts(now, id), counts(last, id), counts(first, id), seconds(now, last));
    }

    private static Picture.@Nullable Traffic traffic(
            Counts now, Counts last, Counts first, double seconds) {
        if (seconds <= 0) {
            return null;
        }
        Histogram recent = now.histogram().since(first.histogram());
        return new Picture.Traffic(
                since(now.requests(), last.requests()) / seconds,
                since(now.clientErrors(), last.clientErrors()) / seconds,
                since(now.serverErrors(), last.serverErrors()) / seconds,
                since(now.cancelled(), last.cancelled()) / seconds,
                orNull(recent.quantile(0.5)),
                orNull(recent.quantile(0.99)));
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    /** What was counted since; all of it where the counter began anew. */
    private static double since(double now, double before) {
        return now < before ? now : now - before;
    }

    /** Those that the shown routes lead to first, in the order of the routes. */
    private static List<Observation.Upstream> upstreams(
            Observation now, List<Picture.Route> routes) {
        Set<String> wanted = new LinkedHashSet<>();
        for (Picture.Route route : routes) {
            if (route.upstream() != null) {
                wanted.add(route.upstream());
            }
        }
        Map<String, Observation.Upstream> known = byId(now.upstreams(), Observation.Upstream::id);
        wanted.addAll(known.keySet());
        return wanted.stream()
                .filter(known::containsKey)
                .limit(MOST_UPSTREAMS)
                .map(known::get)
                .toList();
    }

    private static <T> Map<String, T> byId(List<T> all, Function<T, String> id) {
        Map<String, T> found = new TreeMap<>();
        all.forEach(one -> found.putIfAbsent(id.apply(one), one));
        return found;
    }

    private static Picture.Policy policy(
            Observation.Policy now, Map<String, Observation.Policy> before, double seconds) {
        Observation.Policy earlier = before.get(now.name());
        Map<String, Decisions> had = earlier == null ? Map.of() : earlier.decisions();
        Map<String, Decisions> used = new TreeMap<>();
        Map<String, Decisions> rates = new HashMap<>();
        now.decisions()
                .forEach(
                        (source, counted) -> {
                            if (counted.equals(Decisions.NONE)) {
                                return;
                            }
                            used.put(source, counted);
                            if (seconds > 0) {
                                Decisions then = had.getOrDefault(source, Decisions.NONE);
                                rates.put(source, perSecond(counted, then, seconds));
                            }
                        });
        return new Picture.Policy(
                now.name(),
                now.capacity(),
                now.fillSeconds(),
                now.shadow(),
                used,
                rates,
                now.nearest());
    }

    private static Decisions perSecond(Decisions now, Decisions then, double seconds) {
        return new Decisions(
                since(now.allowed(), then.allowed()) / seconds,
                since(now.denied(), then.denied()) / seconds,
                since(now.shadowDenied(), then.shadowDenied()) / seconds);
    }
}
