package io.sluice.edge.spring;

import io.sluice.edge.ReservedHeaders;
import io.sluice.edge.TrustedProxies;
import io.sluice.pipeline.RouteCheck;
import io.sluice.pipeline.TrafficPort;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.headers.ForwardedHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.XForwardedHeadersFilter;
import org.springframework.context.annotation.Bean;

/** What comes in. {@link TrustedProxies} is a bean, read from {@code sluice.trusted-proxies}. */
@AutoConfiguration
class EdgeAutoConfiguration {

    @Bean
    EdgeFilter edgeFilter(
            TrafficPort trafficPort,
            TrustedProxies trustedProxies,
            EdgeProperties settings,
            GatewayProperties gateway) {
        return new EdgeFilter(
                trafficPort,
                trustedProxies,
                new RequestHead(settings),
                new InboundHeaders(
                        new ReservedHeaders(settings.passHeaders()),
                        trustedProxies,
                        trustedByRoutes(gateway.getTrustedProxies())),
                settings.mergeSlashes());
    }

    /** Spring Cloud Gateway's own setting is a regular expression over the peer's address. */
    private static Predicate<String> trustedByRoutes(String regex) {
        return regex == null || regex.isBlank()
                ? peer -> false
                : Pattern.compile(regex).asMatchPredicate();
    }

    @Bean
    UpstreamForwarding upstreamForwarding(
            ObjectProvider<XForwardedHeadersFilter> xForwarded,
            ObjectProvider<ForwardedHeadersFilter> forwarded) {
        return new UpstreamForwarding(
                xForwarded.getIfAvailable() != null || forwarded.getIfAvailable() != null);
    }

    @Bean
    PathGuard pathGuard() {
        return new PathGuard();
    }

    @Bean
    RouteCheck pathRelaxationCheck() {
        return PathGuard::check;
    }

    @Bean
    TargetGuard targetGuard() {
        return new TargetGuard();
    }
}
