package io.sluice.balance.spring;

import io.sluice.balance.RingShape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The upstreams as they stand, for whoever shows them. Waits for the control thread. */
public final class UpstreamViews {

    /**
     * One upstream.
     *
     * @param ring the ring that keys are looked up on; {@code null} for other algorithms
     */
    public record View(UpstreamStatus status, @Nullable RingShape ring) {}

    private final Upstreams upstreams;

    UpstreamViews(Upstreams upstreams) {
        this.upstreams = upstreams;
    }

    /**
     * All of them, in the order of their ids.
     *
     * @param sectors number of places on a ring whose owners are listed
     */
    public List<View> all(int sectors) {
        return upstreams.all().stream()
                .map(upstream -> new View(upstream.status(), upstream.ring(sectors)))
                .toList();
    }
}
