package io.sluice.balance.spring;

import io.sluice.pipeline.Part;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams of one configuration. Immutable; what it holds lives on.
 *
 * @param given the settings that it was made of
 * @param settings the configured upstreams' settings by id, checked
 * @param fed the configured upstreams by id; empty before the start
 * @param defaults the settings of an upstream that is not configured
 */
record UpstreamSet(
        BalanceSettings given,
        Map<String, UpstreamSettings> settings,
        Map<String, FedUpstream> fed,
        Function<String, UpstreamSettings> defaults) {

    static final Part<UpstreamSet> PART = new Part<>();

    UpstreamSet with(Map<String, FedUpstream> running) {
        return new UpstreamSet(given, settings, Map.copyOf(running), defaults);
    }

    @Nullable Upstream find(String id) {
        FedUpstream found = fed.get(id);
        return found == null ? null : found.upstream();
    }
}
