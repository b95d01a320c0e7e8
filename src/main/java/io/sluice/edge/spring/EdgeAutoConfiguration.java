package io.sluice.edge.spring;

import io.sluice.edge.TrustedProxies;
import io.sluice.pipeline.TrafficPort;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** What comes in. {@link TrustedProxies} is a bean, read from {@code sluice.trusted-proxies}. */
@AutoConfiguration
class EdgeAutoConfiguration {

    @Bean
    EdgeFilter edgeFilter(TrafficPort trafficPort, TrustedProxies trustedProxies) {
        return new EdgeFilter(trafficPort, trustedProxies);
    }
}
