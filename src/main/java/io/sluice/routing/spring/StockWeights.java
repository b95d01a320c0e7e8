package io.sluice.routing.spring;

import java.util.Arrays;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.cloud.gateway.config.GatewayAutoConfiguration;

/**
 * Takes away Spring Cloud Gateway's web filter that draws a route for every weight group on every
 * request: the mapping draws for the groups it meets. The property that switches the filter off
 * would switch the predicate {@code Weight} off too. A filter that somebody else defined stays, and
 * what it draws is kept.
 */
final class StockWeights implements BeanDefinitionRegistryPostProcessor {

    private static final String FILTER = "weightCalculatorWebFilter";

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        if (registry.containsBeanDefinition(FILTER)
                && isStock(registry.getBeanDefinition(FILTER))) {
            registry.removeBeanDefinition(FILTER);
            for (String name : registry.getBeanDefinitionNames()) {
                free(registry.getBeanDefinition(name));
            }
        }
    }

    /** The predicate's factory is declared to come after the filter, and can do without. */
    private static void free(BeanDefinition definition) {
        String[] after = definition.getDependsOn();
        if (after != null) {
            definition.setDependsOn(
                    Arrays.stream(after)
                            .filter(name -> !name.equals(FILTER))
                            .toArray(String[]::new));
        }
    }

    private static boolean isStock(BeanDefinition definition) {
        return GatewayAutoConfiguration.class.getName().equals(definition.getFactoryBeanName());
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        // Definitions are all that this looks at.
    }
}
