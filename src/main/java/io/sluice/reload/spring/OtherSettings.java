package io.sluice.reload.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBean;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.IgnoreTopLevelConverterNotFoundBindHandler;
import org.springframework.boot.context.properties.bind.validation.ValidationBindHandler;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.ClassUtils;
import org.springframework.validation.Validator;
import org.springframework.validation.beanvalidation.LocalValidatorFactoryBean;

/**
 * What the libraries read at start, read once more into objects that nobody uses: a value of the
 * wrong type would refuse the next start, and so refuses the reload. For one thread.
 */
final class OtherSettings {

    private record Part(String prefix, Class<?> type) {}

    private final ApplicationContext context;
    private final ConfigurableEnvironment running;
    private final List<Part> parts = new ArrayList<>();
    private @Nullable Validator validator;

    /**
     * @param running what the process was started with
     */
    OtherSettings(ApplicationContext context, ConfigurableEnvironment running) {
        this.context = context;
        this.running = running;
    }

    /** Those of this context that can be made anew by themselves. */
    private void find() {
        for (ConfigurationPropertiesBean bean :
                ConfigurationPropertiesBean.getAll(context).values()) {
            Object instance = bean.getInstance();
            String prefix = bean.getAnnotation().prefix();
            if (instance == null || prefix.startsWith("sluice")) {
                continue;
            }
            Part part = new Part(prefix, ClassUtils.getUserClass(instance));
            try {
                bind(running, part);
                parts.add(part);
            } catch (RuntimeException needsMore) {
                // It takes what only its own configuration has.
            }
        }
        parts.removeIf(part -> part.type() == GatewayProperties.class);
        validator = validator();
    }

    private static Validator validator() {
        LocalValidatorFactoryBean validator = new LocalValidatorFactoryBean();
        validator.setMessageInterpolator(new ParameterMessageInterpolator());
        validator.afterPropertiesSet();
        return validator;
    }

    private static void bind(ConfigurableEnvironment environment, Part part) {
        Binder.get(environment)
                .bind(
                        part.prefix(),
                        Bindable.of(part.type()),
                        new IgnoreTopLevelConverterNotFoundBindHandler());
    }

    /**
     * @throws BindException for a value of the wrong type
     */
    void check(ConfigurableEnvironment environment) {
        if (validator == null) {
            find();
        }
        parts.forEach(part -> bind(environment, part));
    }

    /**
     * The routes and what belongs to them.
     *
     * @throws BindException for definitions that are not whole
     */
    GatewayProperties gateway(ConfigurableEnvironment environment) {
        BindHandler valid =
                new ValidationBindHandler(
                        new IgnoreTopLevelConverterNotFoundBindHandler(),
                        Objects.requireNonNull(validator, "check comes first"));
        return Binder.get(environment)
                .bindOrCreate(
                        GatewayProperties.PREFIX, Bindable.of(GatewayProperties.class), valid);
    }
}
