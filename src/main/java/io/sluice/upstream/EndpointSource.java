package io.sluice.upstream;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where an upstream's endpoints come from. A source that fails keeps quiet: the last good set stays
 * in use.
 */
public interface EndpointSource {

    /** Starts to report; each call of the consumer carries the whole set. */
    void start(Consumer<List<Endpoint>> onChange);

    /** Stops to report; idempotent. */
    void stop();

    /**
     * What is wrong with it now, in words; {@code null} while it answers. What it reported last
     * stays in use meanwhile. For any thread.
     */
    default @Nullable String trouble() {
        return null;
    }

    /** What it is, for the status: {@code static}, {@code discovery}, {@code dns}, … */
    String kind();
}
