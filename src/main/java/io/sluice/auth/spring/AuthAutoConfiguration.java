package io.sluice.auth.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.auth.redis.RedisRevocations;
import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.pipeline.TrafficPort;
import io.sluice.ratelimit.redis.RedisLinks;
import io.sluice.ratelimit.spring.RedisConfigured;
import io.sluice.settings.Setting;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Wires authentication. The filters exist whatever the settings say, so that a route that asks for
 * one without issuers or keys refuses to start instead of being open.
 */
@AutoConfiguration(after = DataRedisAutoConfiguration.class)
public class AuthAutoConfiguration {

    /** Remembered answers of the revocation store; each serves a second. */
    private static final int MAX_STANDINGS = 100_000;

    @Bean
    IdentityHeaderFilter sluiceIdentityHeaderFilter(
            ActiveConfiguration active, AuthCompiler compiler, TrafficPort traffic) {
        active.put(AuthRules.PART, compiler.first());
        return new IdentityHeaderFilter(active, traffic);
    }

    @Bean
    AuthMetrics sluiceAuthMetrics(ObjectProvider<MeterRegistry> registry) {
        return new AuthMetrics(registry.getIfAvailable());
    }

    @Bean
    AuthCompiler sluiceAuthCompiler(
            AuthProperties properties,
            ApplicationContext context,
            ObjectProvider<MeterRegistry> registry) {
        return new AuthCompiler(
                properties,
                new IssuerKeySources(
                        context,
                        System::nanoTime,
                        () -> ThreadLocalRandom.current().nextLong(),
                        issuer -> new KeyMeters(registry.getIfAvailable(), issuer)));
    }

    @Bean
    @Lazy
    @Conditional(RedisConfigured.class)
    RedisRevocations sluiceRedisRevocations(
            AuthProperties properties,
            DataRedisConnectionDetails details,
            Environment environment) {
        String url = environment.getProperty("spring.data.redis.url", "");
        return new RedisRevocations(
                RedisLinks.open(details, url.startsWith("rediss:")),
                properties.revocation().timeout());
    }

    @Bean
    RevocationCheck sluiceRevocationCheck(
            AuthProperties properties, ObjectProvider<RedisRevocations> redis) {
        AuthSettings.passesUnknown(properties.revocation());
        if (!properties.revocation().enabled()) {
            return RevocationCheck.off();
        }
        RedisRevocations store = redis.getIfAvailable();
        Setting.require(
                store != null,
                AuthSettings.ROOT + ".revocation.enabled",
                true,
                "false, or spring.data.redis configured");
        return new RevocationCheck(store, MAX_STANDINGS, System::nanoTime);
    }

    @Bean
    IssuerKeysHealthIndicator issuerKeysHealthIndicator(ActiveConfiguration active) {
        return new IssuerKeysHealthIndicator(() -> active.current().get(AuthRules.PART).check());
    }

    @Bean
    JwtAuthGatewayFilterFactory jwtAuthGatewayFilterFactory(
            ActiveConfiguration active, RevocationCheck revocations, AuthMetrics metrics) {
        return new JwtAuthGatewayFilterFactory(
                () -> active.building().get(AuthRules.PART), revocations, metrics);
    }

    @Bean
    ClientCertificateGatewayFilterFactory clientCertificateGatewayFilterFactory(
            ServerProperties server, AuthMetrics metrics) {
        return new ClientCertificateGatewayFilterFactory(server.getSsl(), metrics);
    }

    @Bean
    ApiKeyAuthGatewayFilterFactory apiKeyAuthGatewayFilterFactory(
            ActiveConfiguration active, RevocationCheck revocations, AuthMetrics metrics) {
        return new ApiKeyAuthGatewayFilterFactory(
                () -> active.building().get(AuthRules.PART), revocations, metrics);
    }
}
