package io.sluice;

import io.sluice.auth.spring.AuthProperties;
import io.sluice.console.spring.ConsoleProperties;
import io.sluice.edge.spring.EdgeProperties;
import io.sluice.lifecycle.spring.LivenessProperties;
import io.sluice.lifecycle.spring.ShutdownProperties;
import io.sluice.manage.spring.ManagementProperties;
import io.sluice.ratelimit.spring.PolicyProperties;
import io.sluice.ratelimit.spring.RateLimitStoreProperties;
import io.sluice.reload.spring.ReloadProperties;
import io.sluice.routing.spring.RoutingProperties;
import io.sluice.tracing.spring.TracingProperties;
import io.sluice.upstream.spring.KubernetesProperties;
import io.sluice.upstream.spring.UpstreamProperties;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.handler.IgnoreTopLevelConverterNotFoundBindHandler;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Every setting of Sluice. One record, so that a key that nobody reads is refused at start instead
 * of being ignored; each feature's part is handed to it as a bean of its own.
 *
 * @param trustedProxies networks (CIDR) whose X-Forwarded-For and Forwarded are believed; default:
 *     nobody's
 * @param zone the zone this gateway runs in; instances of the same zone are preferred
 * @param defaultAlgorithm algorithm of upstreams that name none
 * @param routing how routes are found and refreshed
 * @param edge what is let in
 * @param auth whose tokens and keys are accepted, and what the upstream learns of them
 * @param rateLimits rate-limit policies by name
 * @param rateLimitStore where buckets are kept and how long a decision may take
 * @param upstreams the upstreams by id
 * @param kubernetes how the API server is reached by upstreams that Kubernetes knows
 * @param shutdown what happens between SIGTERM and the end
 * @param liveness when the process counts as dead
 * @param management the management port's own guard
 * @param tracing whether and where traces are sent
 * @param reload whether and how a changed configuration is taken while the gateway runs
 * @param console the page for people on the management port
 */
@ConfigurationProperties(prefix = "sluice", ignoreUnknownFields = false)
public record SluiceProperties(
        @DefaultValue List<String> trustedProxies,
        @Nullable String zone,
        @DefaultValue("least-response-time") String defaultAlgorithm,
        @NestedConfigurationProperty @DefaultValue RoutingProperties routing,
        @NestedConfigurationProperty @DefaultValue EdgeProperties edge,
        @NestedConfigurationProperty @DefaultValue AuthProperties auth,
        @DefaultValue Map<String, PolicyProperties> rateLimits,
        @NestedConfigurationProperty @DefaultValue RateLimitStoreProperties rateLimitStore,
        @DefaultValue Map<String, UpstreamProperties> upstreams,
        @NestedConfigurationProperty @DefaultValue KubernetesProperties kubernetes,
        @NestedConfigurationProperty @DefaultValue ShutdownProperties shutdown,
        @NestedConfigurationProperty @DefaultValue LivenessProperties liveness,
        @NestedConfigurationProperty @DefaultValue ManagementProperties management,
        @NestedConfigurationProperty @DefaultValue TracingProperties tracing,
        @NestedConfigurationProperty @DefaultValue ReloadProperties reload,
        @NestedConfigurationProperty @DefaultValue ConsoleProperties console) {

    /** Bound as Spring Boot binds it at start, from another environment. */
    static SluiceProperties readFrom(ConfigurableEnvironment environment) {
        BindHandler strict =
                new NoUnboundElementsBindHandler(
                        new IgnoreTopLevelConverterNotFoundBindHandler(),
                        new UnboundElementsSourceFilter());
        return Binder.get(environment)
                .bindOrCreate("sluice", Bindable.of(SluiceProperties.class), strict);
    }
}
