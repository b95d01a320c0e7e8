package io.sluice.manage.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The management port's checks and endpoints. */
@AutoConfiguration
class ManageAutoConfiguration {

    @Bean
    ManagementPortCheck managementPortCheck(Environment environment) {
        return new ManagementPortCheck(environment);
    }

    @Bean
    ListenerTlsCheck listenerTlsCheck(Environment environment, SslBundles bundles) {
        return new ListenerTlsCheck(environment, bundles);
    }
}
