package io.sluice.auth.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.auth.IdentityHeaders;
import io.sluice.auth.IssuerRules;
import io.sluice.auth.TokenVerifier;
import io.sluice.auth.VerifiedTokens;
import io.sluice.pipeline.TrafficPort;
import io.sluice.settings.Setting;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Wires authentication. The filters exist whatever the settings say, so that a route that asks for
 * one without issuers or keys refuses to start instead of being open.
 */
@AutoConfiguration
public class AuthAutoConfiguration {

    private static final int MAX_CACHE = 1_000_000;

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
            AuthProperties properties, IdentityHeaders headers, ApplicationContext context) {
        InstantSource clock = InstantSource.system();
        List<IssuerRules> issuers = AuthSettings.issuers(properties);
        IssuerKeySources sources =
                new IssuerKeySources(
                        context, System::nanoTime, () -> ThreadLocalRandom.current().nextLong());
        int size =
                Setting.between(
                        AuthSettings.ROOT + ".token-cache-size",
                        properties.tokenCacheSize(),
                        0,
                        MAX_CACHE);
        return new TokenCheck(
                new TokenVerifier(issuers, headers, clock),
                new VerifiedTokens(new CaffeineTokens(size), clock),
                sources.of(properties, issuers),
                scheduler());
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
            TokenCheck check, AuthMetrics metrics, AuthProperties properties) {
        return new JwtAuthGatewayFilterFactory(check, metrics, properties.forwardToken());
    }

    @Bean
    ApiKeyAuthGatewayFilterFactory apiKeyAuthGatewayFilterFactory(
            AuthProperties properties, IdentityHeaders headers, AuthMetrics metrics) {
        return new ApiKeyAuthGatewayFilterFactory(
                AuthSettings.apiKeys(properties, InstantSource.system()), headers, metrics);
    }
}
