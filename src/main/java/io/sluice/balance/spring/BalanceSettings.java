package io.sluice.balance.spring;

import io.sluice.upstream.spring.UpstreamProperties;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Balancing's part of the settings.
 *
 * @param defaultAlgorithm algorithm of upstreams that name none
 * @param zone the gateway's own zone, or {@code null}
 * @param upstreams the configured upstreams by id
 */
public record BalanceSettings(
        String defaultAlgorithm,
        @Nullable String zone,
        Map<String, UpstreamProperties> upstreams) {}
