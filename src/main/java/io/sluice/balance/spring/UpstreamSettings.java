package io.sluice.balance.spring;

import io.sluice.balance.Algorithm;
import io.sluice.balance.BalancerSettings;
import io.sluice.balance.HashKeys;
import io.sluice.health.HealthCheckSettings;
import io.sluice.health.OutlierSettings;
import io.sluice.proxy.RetryPolicy;
import io.sluice.proxy.Timeouts;
import io.sluice.proxy.TlsSettings;
import io.sluice.settings.Setting;
import io.sluice.settings.SettingException;
import io.sluice.upstream.spring.SourceSettings;
import io.sluice.upstream.spring.UpstreamProperties;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One upstream's settings, checked.
 *
 * @param hashKey reads the key of the hashing algorithms
 * @param source where its endpoints come from
 * @param tls keys and trust for {@code https} instances; {@code null} for those of all
 * @param budgetPercent retries allowed in percent of recent requests
 * @param healthCheck active checks; {@code null} for none
 * @param outlier passive ejection; {@code null} for none
 */
record UpstreamSettings(
        String id,
        Algorithm algorithm,
        BalancerSettings balancer,
        HashKeyReader hashKey,
        SourceSettings source,
        int panicThreshold,
        Duration slowStart,
        @Nullable TlsSettings tls,
        Timeouts timeouts,
        RetryPolicy retry,
        int budgetPercent,
        @Nullable HealthCheckSettings healthCheck,
        @Nullable OutlierSettings outlier) {

    static final String PREFIX = "sluice.upstreams.";

    static UpstreamSettings of(String id, UpstreamProperties properties, Algorithm fallback) {
        String prefix = PREFIX + id;
        Algorithm algorithm =
                properties.algorithm() == null
                        ? fallback
                        : algorithm(prefix + ".algorithm", properties.algorithm());
        return new UpstreamSettings(
                id,
                algorithm,
                new BalancerSettings(
                        Setting.between(
                                prefix + ".virtual-nodes", properties.virtualNodes(), 1, 10_000),
                        loadBound(prefix + ".load-bound", properties.loadBound())),
                new HashKeyReader(
                        algorithm,
                        HashKeySpec.parse(prefix + ".hash-key", properties.hashKey()),
                        Setting.between(
                                prefix + ".ipv4-prefix",
                                properties.ipv4Prefix(),
                                1,
                                HashKeys.WHOLE_IPV4)),
                SourceSettings.of(prefix, properties),
                Setting.between(prefix + ".panic-threshold", properties.panicThreshold(), 0, 100),
                Setting.notNegative(prefix + ".slow-start", properties.slowStart()),
                TlsSettings.of(
                        prefix + ".tls", properties.tls().bundle(), properties.tls().serverName()),
                Timeouts.of(
                        prefix + ".timeouts",
                        properties.timeouts().connect(),
                        properties.timeouts().response(),
                        properties.timeouts().idle()),
                RetryPolicy.of(prefix + ".retry", properties.retry().attempts()),
                Setting.between(
                        prefix + ".retry.budget-percent",
                        properties.retry().budgetPercent(),
                        0,
                        100),
                healthCheck(prefix + ".health-check", properties.healthCheck()),
                outlier(prefix + ".outlier-detection", properties.outlierDetection()));
    }

    static Algorithm algorithm(String property, String name) {
        return Algorithm.named(name)
                .orElseThrow(
                        () ->
                                new SettingException(
                                        property, name, String.join(", ", Algorithm.names())));
    }

    private static @Nullable HealthCheckSettings healthCheck(
            String prefix, UpstreamProperties.HealthCheck check) {
        return check.path() == null
                ? null
                : HealthCheckSettings.of(
                        prefix,
                        check.path(),
                        check.interval(),
                        check.timeout(),
                        check.unhealthyThreshold(),
                        check.healthyThreshold(),
                        check.expectedStatus());
    }

    private static @Nullable OutlierSettings outlier(
            String prefix, UpstreamProperties.OutlierDetection outlier) {
        return outlier.enabled()
                ? OutlierSettings.of(
                        prefix,
                        outlier.consecutiveFailures(),
                        outlier.baseEjection(),
                        outlier.maxEjectedPercent())
                : null;
    }

    private static double loadBound(String property, @Nullable Double bound) {
        if (bound == null) {
            return BalancerSettings.UNBOUNDED;
        }
        Setting.require(bound > 1, property, bound, "above 1, such as 1.25");
        return bound;
    }
}
