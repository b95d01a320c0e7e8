package io.sluice.proxy.spring;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientFactory;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.config.HttpClientSslConfigurer;
import reactor.netty.resources.ConnectionProvider;

/**
 * Spring Cloud Gateway's client with two differences in its pools: an elastic pool is one for each
 * event loop ({@link LoopPools}), and the pools of instances that are gone are given up.
 */
final class UpstreamClientFactory extends HttpClientFactory {

    private final Duration givenUpAfter;

    /**
     * @param givenUpAfter how long a pool may be without connections
     */
    UpstreamClientFactory(
            HttpClientProperties properties,
            ServerProperties server,
            HttpClientSslConfigurer ssl,
            List<HttpClientCustomizer> customizers,
            Duration givenUpAfter) {
        super(properties, server, ssl, customizers);
        this.givenUpAfter = givenUpAfter;
    }

    @Override
    protected ConnectionProvider buildConnectionProvider(HttpClientProperties properties) {
        HttpClientProperties.Pool pool = properties.getPool();
        ConnectionProvider plain = super.buildConnectionProvider(properties);
        return switch (pool.getType()) {
            case DISABLED -> plain;
            case FIXED -> givenUp(plain, pool.getName());
            case ELASTIC ->
                    new LoopPools(
                            loop ->
                                    givenUp(
                                            plain,
                                            loop == 0
                                                    ? pool.getName()
                                                    : pool.getName() + "-" + loop));
        };
    }

    private ConnectionProvider givenUp(ConnectionProvider plain, String name) {
        ConnectionProvider.Builder builder = plain.mutate();
        return builder == null
                ? plain
                : builder.name(name)
                        .disposeInactivePoolsInBackground(givenUpAfter, givenUpAfter)
                        .build();
    }
}
