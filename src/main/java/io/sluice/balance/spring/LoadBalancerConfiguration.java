package io.sluice.balance.spring;

import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * What Spring Cloud LoadBalancer puts into the context of each service id; not a configuration
 * class of the application itself, hence without the annotation.
 */
class LoadBalancerConfiguration {

    @Bean
    ReactorServiceInstanceLoadBalancer sluiceLoadBalancer(
            Environment environment, Upstreams upstreams) {
        return new SluiceLoadBalancer(
                String.valueOf(LoadBalancerClientFactory.getName(environment)), upstreams);
    }
}
