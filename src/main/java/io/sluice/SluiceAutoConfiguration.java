package io.sluice;

import io.sluice.auth.spring.AuthProperties;
import io.sluice.balance.spring.BalanceSettings;
import io.sluice.console.spring.ConsoleProperties;
import io.sluice.edge.TrustedProxies;
import io.sluice.edge.spring.EdgeProperties;
import io.sluice.lifecycle.spring.LivenessProperties;
import io.sluice.lifecycle.spring.ShutdownProperties;
import io.sluice.manage.spring.ManagementProperties;
import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.pipeline.SettingsReader;
import io.sluice.ratelimit.spring.RateLimitSettings;
import io.sluice.reload.spring.ReloadProperties;
import io.sluice.tracing.spring.TracingProperties;
import io.sluice.upstream.spring.KubernetesProperties;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Reads the settings once and hands each feature its own part. */
@AutoConfiguration
@EnableConfigurationProperties(SluiceProperties.class)
class SluiceAutoConfiguration {

    @Bean
    ActiveConfiguration activeConfiguration() {
        return new ActiveConfiguration();
    }

    @Bean
    SettingsReader settingsReader() {
        return environment -> parts(SluiceProperties.readFrom(environment));
    }

    /** What a reload hands to features; the same as the beans below. */
    private Map<Class<?>, Object> parts(SluiceProperties properties) {
        return Map.of(
                TrustedProxies.class, trustedProxies(properties),
                EdgeProperties.class, edgeProperties(properties),
                BalanceSettings.class, balanceSettings(properties),
                AuthProperties.class, authProperties(properties),
                RateLimitSettings.class, rateLimitSettings(properties));
    }

    @Bean
    TrustedProxies trustedProxies(SluiceProperties properties) {
        return TrustedProxies.of("sluice.trusted-proxies", properties.trustedProxies());
    }

    @Bean
    EdgeProperties edgeProperties(SluiceProperties properties) {
        return properties.edge();
    }

    @Bean
    BalanceSettings balanceSettings(SluiceProperties properties) {
        return new BalanceSettings(
                properties.defaultAlgorithm(), properties.zone(), properties.upstreams());
    }

    @Bean
    KubernetesProperties kubernetesProperties(SluiceProperties properties) {
        return properties.kubernetes();
    }

    @Bean
    AuthProperties authProperties(SluiceProperties properties) {
        return properties.auth();
    }

    @Bean
    RateLimitSettings rateLimitSettings(SluiceProperties properties) {
        return new RateLimitSettings(properties.rateLimits(), properties.rateLimitStore());
    }

    @Bean
    ShutdownProperties shutdownProperties(SluiceProperties properties) {
        return properties.shutdown();
    }

    @Bean
    LivenessProperties livenessProperties(SluiceProperties properties) {
        return properties.liveness();
    }

    @Bean
    ReloadProperties reloadProperties(SluiceProperties properties) {
        return properties.reload();
    }

    @Bean
    TracingProperties tracingProperties(SluiceProperties properties) {
        return properties.tracing();
    }

    @Bean
    ConsoleProperties consoleProperties(SluiceProperties properties) {
        return properties.console();
    }

    @Bean
    ManagementProperties managementProperties(SluiceProperties properties) {
        return properties.management();
    }
}
