package io.sluice.ratelimit.spring;

import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Whether somebody said where Redis is. Spring Boot itself assumes one on localhost; a gateway must
 * not.
 */
public final class RedisConfigured extends SpringBootCondition implements ConfigurationCondition {

    private static final List<String> TEXTS =
            List.of("url", "host", "sentinel.master", "cluster.nodes");
    private static final String BOOTS_OWN = "redisConnectionDetails";

    @Override
    public ConfigurationPhase getConfigurationPhase() {
        return ConfigurationPhase.REGISTER_BEAN;
    }

    @Override
    public ConditionOutcome getMatchOutcome(
            ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConditionMessage.Builder message = ConditionMessage.forCondition("Redis configured");
        if (isNamed(context.getEnvironment()) || isGiven(context)) {
            return ConditionOutcome.match(message.found("connection").items("spring.data.redis"));
        }
        return ConditionOutcome.noMatch(message.didNotFind("spring.data.redis").atAll());
    }

    private static boolean isNamed(Environment environment) {
        Binder binder = Binder.get(environment);
        return TEXTS.stream()
                .anyMatch(
                        name ->
                                binder.bind(
                                                "spring.data.redis." + name,
                                                Bindable.listOf(String.class))
                                        .map(values -> !String.join("", values).isBlank())
                                        .orElse(false));
    }

    /** Connection details that are not Spring Boot's own come from a test container or the like. */
    private static boolean isGiven(ConditionContext context) {
        var factory = context.getBeanFactory();
        if (factory == null) {
            return false;
        }
        String[] names = factory.getBeanNamesForType(DataRedisConnectionDetails.class, true, false);
        return names.length > 0 && !List.of(names).equals(List.of(BOOTS_OWN));
    }
}
