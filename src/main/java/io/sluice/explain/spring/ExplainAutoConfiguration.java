package io.sluice.explain.spring;

import io.sluice.pipeline.Explains;
import io.sluice.pipeline.Stage;
import io.sluice.routing.spring.RouteTrials;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.WebFilter;

/** Explaining requests. */
@AutoConfiguration
class ExplainAutoConfiguration {

    /** They refuse and rewrite, and count nothing. */
    private static final Set<Integer> BEFORE =
            Set.of(Stage.EDGE.order(), Stage.STRIP_IDENTITY.order());

    @Bean
    Explainer explainer(
            ObjectProvider<WebFilter> webFilters,
            ObjectProvider<DispatcherHandler> dispatcher,
            RouteTrials trials,
            ObjectProvider<GlobalFilter> global,
            ObjectProvider<Explains> everywhere) {
        List<WebFilter> before =
                webFilters
                        .orderedStream()
                        .filter(f -> f instanceof Ordered o && BEFORE.contains(o.getOrder()))
                        .toList();
        return new Explainer(
                before,
                new EarlierMappings(() -> mappings(dispatcher)),
                trials,
                new RunningFilters(
                        global.orderedStream().toList(), everywhere.orderedStream().toList()));
    }

    private static List<HandlerMapping> mappings(ObjectProvider<DispatcherHandler> dispatcher) {
        DispatcherHandler handler = dispatcher.getIfAvailable();
        List<HandlerMapping> found = handler == null ? null : handler.getHandlerMappings();
        return found == null ? List.of() : found;
    }

    @Bean
    @ConditionalOnAvailableEndpoint
    ExplainEndpoint explainEndpoint(Explainer explainer) {
        return new ExplainEndpoint(explainer);
    }
}
