package io.sluice.edge.spring;

import io.sluice.edge.netty.BodyGuard;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.RequestSizeGatewayFilterFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Spring Cloud Gateway's {@code RequestSize}, which reads {@code Content-Length} only, for bodies
 * that name no length as well: their bytes are counted as they come. Stateless.
 */
final class CountingRequestSizeGatewayFilterFactory extends RequestSizeGatewayFilterFactory {

    @Override
    public String name() {
        return "RequestSize";
    }

    @Override
    public GatewayFilter apply(RequestSizeConfig config) {
        GatewayFilter byLength = super.apply(config);
        return (exchange, chain) ->
                byLength.filter(
                        exchange,
                        passed -> {
                            ServerHttpRequest request = passed.getRequest();
                            BodyGuard guard = BodyGuard.ofSize(config.getMaxSize().toBytes());
                            return chain.filter(
                                    passed.mutate()
                                            .request(BodyRules.guarded(request, guard))
                                            .build());
                        });
    }
}
