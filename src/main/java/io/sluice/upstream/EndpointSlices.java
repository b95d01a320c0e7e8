package io.sluice.upstream;

import io.sluice.upstream.EndpointSlice.Entry;
import io.sluice.upstream.EndpointSlice.Family;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The EndpointSlices of one Service as a list and the watch after it tell them, and the endpoints
 * that they come to. Not thread-safe: one writer.
 *
 * <p>The API server is sure of what it says, so that an empty list is believed: a Service scaled to
 * zero has no endpoint.
 */
public final class EndpointSlices {

    private static final int SERVES = 1;
    private static final int DRAINS = 0;

    /**
     * The endpoints now.
     *
     * @param endpoints in the order of their addresses, each address and port once
     * @param withoutPort slices that do not have the wanted port, by name; their entries are left
     *     out
     */
    public record Merged(List<Endpoint> endpoints, List<String> withoutPort) {}

    private record Candidate(Entry entry, int port) {}

    private final String scheme;
    private final ServicePort port;
    private final Map<String, EndpointSlice> slices = new TreeMap<>();
    private @Nullable String resourceVersion;

    public EndpointSlices(String scheme, ServicePort port) {
        this.scheme = scheme;
        this.port = port;
    }

    /** Where the watch goes on; {@code null}: a list has to come first. */
    public @Nullable String resourceVersion() {
        return resourceVersion;
    }

    /** Takes a list: all the slices that there are. */
    public void listed(Collection<EndpointSlice> all, String version) {
        slices.clear();
        all.forEach(slice -> slices.put(slice.name(), slice));
        resourceVersion = version;
    }

    /**
     * Takes an event of the watch. After {@link SliceEvent.Expired} and {@link SliceEvent.Failed}
     * the slices stay and a list has to come first.
     */
    public void apply(SliceEvent event) {
        if (event instanceof SliceEvent.Put put) {
            slices.put(put.slice().name(), put.slice());
            resourceVersion = put.resourceVersion();
        } else if (event instanceof SliceEvent.Removed removed) {
            slices.remove(removed.name());
            resourceVersion = removed.resourceVersion();
        } else if (event instanceof SliceEvent.Bookmark bookmark) {
            resourceVersion = bookmark.resourceVersion();
        } else {
            mistrust();
        }
    }

    /** Something may have been missed: the slices stay, and a list has to come first. */
    public void mistrust() {
        resourceVersion = null;
    }

    /**
     * Merges the slices. Ready endpoints serve and terminating ones drain (weight 0); when none is
     * ready, those that still serve are used, as kube-proxy does (KEP-1669). An address that stands
     * in several slices, as it does while the controller moves it, counts at its best. Of a Service
     * with two address families one is used, IPv4 where there is any: both are the same pods.
     */
    public Merged merged() {
        TreeSet<String> withoutPort = new TreeSet<>();
        Map<String, Candidate> byAddress = new TreeMap<>();
        Family family = family();
        for (EndpointSlice slice : slices.values()) {
            OptionalInt number = port.in(slice);
            if (slice.entries().isEmpty() || slice.family() != family) {
                continue;
            }
            if (number.isEmpty()) {
                withoutPort.add(slice.name());
                continue;
            }
            for (Entry entry : slice.entries()) {
                byAddress.merge(
                        entry.address() + " " + number.getAsInt(),
                        new Candidate(entry, number.getAsInt()),
                        (one, other) -> one.entry().rank() >= other.entry().rank() ? one : other);
            }
        }
        return new Merged(weighted(byAddress.values()), List.copyOf(withoutPort));
    }

    private Family family() {
        return slices.values().stream()
                .filter(slice -> !slice.entries().isEmpty())
                .map(EndpointSlice::family)
                .min(Family::compareTo)
                .orElse(Family.IPV4);
    }

    private List<Endpoint> weighted(Collection<Candidate> candidates) {
        boolean anyReady = candidates.stream().anyMatch(c -> c.entry().isReady());
        List<Endpoint> endpoints = new ArrayList<>(candidates.size());
        for (Candidate candidate : candidates) {
            Entry entry = candidate.entry();
            if (anyReady ? entry.isReady() : entry.isServing()) {
                endpoints.add(endpoint(candidate, SERVES));
            } else if (anyReady && entry.isTerminating()) {
                endpoints.add(endpoint(candidate, DRAINS));
            }
        }
        return List.copyOf(endpoints);
    }

    private Endpoint endpoint(Candidate candidate, int weight) {
        Entry entry = candidate.entry();
        return new Endpoint(
                scheme,
                entry.address(),
                candidate.port(),
                weight,
                entry.zone(),
                entry.target() == null ? Map.of() : Map.of("pod", entry.target()));
    }
}
