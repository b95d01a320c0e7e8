package io.sluice.auth.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.auth.IdentityHeaders;
import io.sluice.auth.IntrospectionReader;
import io.sluice.auth.IntrospectionRules;
import io.sluice.auth.IssuerRules;
import io.sluice.auth.TokenVerifier;
import io.sluice.auth.VerifiedTokens;
import io.sluice.auth.redis.RedisRevocations;
import io.sluice.pipeline.TrafficPort;
import io.sluice.ratelimit.redis.RedisLinks;
import io.sluice.ratelimit.spring.RedisConfigured;
import io.sluice.settings.Setting;
import java.time.InstantSource;
import java.util.List;
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
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Wires authentication. The filters exist whatever the settings say, so that a route that asks for
 * one without issuers or keys refuses to start instead of being open.
 */
@AutoConfiguration(after = DataRedisAutoConfiguration.class)
public class AuthAutoConfiguration {

    private static final int MAX_CACHE = 1_000_000;

    /** Remembered answers of the revocation store; each serves a second. */
    private static final int MAX_STANDINGS = 100_000;

    /** Waiting verifications; beyond it a request is answered 503 at once. */
    private static final int MAX_WAITING = 10_000;

    @Bean
    IdentityHeaders sluiceIdentityHeaders(AuthProperties properties) {
        return AuthSettings.identityHeaders(properties);
    }

    @Bean
    IdentityHeaderFilter sluiceIdentityHeaderFilter(IdentityHeaders headers, TrafficPort traffic) {
        return new IdentityHeaderFilter(headers, traffic);
    }

    @Bean
    AuthMetrics sluiceAuthMetrics(ObjectProvider<MeterRegistry> registry) {
        return new AuthMetrics(registry.getIfAvailable());
    }

    @Bean(destroyMethod = "close")
    TokenCheck sluiceTokenCheck(
            AuthProperties properties,
            IdentityHeaders headers,
            ApplicationContext context,
            ObjectProvider<MeterRegistry> registry) {
        InstantSource clock = InstantSource.system();
        List<IssuerRules> issuers = AuthSettings.issuers(properties);
        IssuerKeySources sources =
                new IssuerKeySources(
                        context,
                        System::nanoTime,
                        () -> ThreadLocalRandom.current().nextLong(),
                        issuer -> new KeyMeters(registry.getIfAvailable(), issuer));
        int size =
                Setting.between(
                        AuthSettings.ROOT + ".token-cache-size",
                        properties.tokenCacheSize(),
                        0,
                        MAX_CACHE);
        Scheduler scheduler = scheduler();
        AuthProperties.Introspection asked = properties.introspection();
        return new TokenCheck(
                new TokenVerifier(issuers, headers, clock),
                new VerifiedTokens(new CaffeineTokens(size), clock),
                sources.of(properties, issuers),
                asked == null ? null : introspection(asked, size, headers, clock, scheduler),
                scheduler);
    }

    private static Introspection introspection(
            AuthProperties.Introspection settings,
            int size,
            IdentityHeaders headers,
            InstantSource clock,
            Scheduler scheduler) {
        IntrospectionRules rules = AuthSettings.introspection(settings);
        IntrospectionClient client = IntrospectionClient.of(settings);
        return new Introspection(
                client,
                new IntrospectionReader(rules, headers, clock),
                settings.cacheTime(),
                size,
                clock,
                System::nanoTime,
                scheduler);
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

    /** One thread per core: verifying is nothing but computing. */
    private static Scheduler scheduler() {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        return Schedulers.newBoundedElastic(threads, MAX_WAITING, "sluice-auth");
    }

    @Bean
    IssuerKeysHealthIndicator issuerKeysHealthIndicator(TokenCheck check) {
        return new IssuerKeysHealthIndicator(check);
    }

    @Bean
    JwtAuthGatewayFilterFactory jwtAuthGatewayFilterFactory(
            TokenCheck check,
            RevocationCheck revocations,
            AuthMetrics metrics,
            AuthProperties properties) {
        return new JwtAuthGatewayFilterFactory(
                check,
                revocations,
                AuthSettings.passesUnknown(properties.revocation()),
                metrics,
                properties.forwardToken());
    }

    @Bean
    ClientCertificateGatewayFilterFactory clientCertificateGatewayFilterFactory(
            ServerProperties server, AuthMetrics metrics) {
        return new ClientCertificateGatewayFilterFactory(server.getSsl(), metrics);
    }

    @Bean
    ApiKeyAuthGatewayFilterFactory apiKeyAuthGatewayFilterFactory(
            AuthProperties properties,
            IdentityHeaders headers,
            RevocationCheck revocations,
            AuthMetrics metrics) {
        return new ApiKeyAuthGatewayFilterFactory(
                AuthSettings.apiKeys(properties, InstantSource.system()),
                headers,
                revocations,
                AuthSettings.passesUnknown(properties.revocation()),
                metrics);
    }
}
