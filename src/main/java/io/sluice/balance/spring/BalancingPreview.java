package io.sluice.balance.spring;

import io.sluice.balance.PickRequest;
import io.sluice.explain.Part;
import io.sluice.explain.Part.Balancing;
import io.sluice.pipeline.Explains;
import io.sluice.pipeline.RequestState;
import io.sluice.pipeline.Stage;
import io.sluice.proxy.spring.UpstreamProblems;
import io.sluice.upstream.spring.SourceSettings;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What {@link BalancingFilter} would choose from, without choosing. */
final class BalancingPreview implements Explains, Ordered {

    private static final String NOT_RUNNING =
            "nothing runs here, so health, counts and estimates are not known";
    private static final String NOT_KNOWN = "no instance is known yet";

    private final Upstreams upstreams;

    BalancingPreview(Upstreams upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    public int getOrder() {
        return Stage.BALANCE.order();
    }

    /** Off the event loop: an upstream's state is read on its control thread. */
    @Override
    public Mono<Said> explain(ServerWebExchange exchange) {
        return Mono.fromCallable(() -> new Said(balancing(exchange), exchange))
                .subscribeOn(Schedulers.boundedElastic());
    }

    private @Nullable Part balancing(ServerWebExchange exchange) {
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        if (route == null) {
            return null;
        }
        URI uri = route.getUri();
        if (!"lb".equals(uri.getScheme())) {
            return new Balancing(null, uri.toString(), null, false, null, List.of(), null, null);
        }
        String id = UpstreamRouteCheck.idOf(uri);
        Upstream upstream = upstreams.known(id);
        return upstream == null
                ? configured(id, uri, upstreams.settings(id))
                : running(upstream, uri, exchange);
    }

    private static Balancing running(Upstream upstream, URI uri, ServerWebExchange exchange) {
        PickRequest request =
                upstream.pickRequest(exchange.getRequest(), RequestState.of(exchange));
        UpstreamStatus status = upstream.status();
        boolean usable = status.instances().stream().anyMatch(one -> !"down".equals(one.health()));
        return new Balancing(
                upstream.id(),
                uri.toString(),
                status.algorithm(),
                request.keyed(),
                upstream.ownerOf(request),
                status.instances(),
                null,
                usable || status.panicking() ? null : refusal());
    }

    private static Part.Refusal refusal() {
        return new Part.Refusal(
                UpstreamProblems.NO_INSTANCE.status(),
                UpstreamProblems.NO_INSTANCE.error(),
                UpstreamProblems.NO_INSTANCE.detail());
    }

    /** Where nothing is started, the configuration is all there is. */
    private static Balancing configured(String id, URI uri, @Nullable UpstreamSettings settings) {
        List<String> instances =
                settings != null && settings.source() instanceof SourceSettings.Instances of
                        ? of.endpoints().stream().map(one -> one.id()).toList()
                        : List.of();
        return new Balancing(
                id,
                uri.toString(),
                settings == null ? null : settings.algorithm().settingName(),
                false,
                null,
                instances,
                instances.isEmpty() ? NOT_KNOWN : NOT_RUNNING,
                null);
    }
}
