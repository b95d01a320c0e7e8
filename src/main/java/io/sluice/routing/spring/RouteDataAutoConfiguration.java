package io.sluice.routing.spring;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.route.CompositeRouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.annotation.Bean;

/** What is there whether the index is on or off: no expressions in definitions, and the trials. */
@AutoConfiguration
class RouteDataAutoConfiguration {

    /** That locator is the one that all others are read through. */
    @Bean
    static BeanPostProcessor routeDefinitionsAsData(ObjectProvider<GatewayProperties> properties) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof CompositeRouteDefinitionLocator all
                        ? new DefinitionsAsData(all, properties.getObject())
                        : bean;
            }
        };
    }

    @Bean
    RouteTrials routeTrials(RouteLocator routes) {
        return new RouteTrials(routes);
    }
}
