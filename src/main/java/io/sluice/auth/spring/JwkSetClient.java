package io.sluice.auth.spring;

import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * Fetches JWK sets over HTTP: 1 s to connect, 2 s in all, 64 KiB at most, no redirects, no proxy.
 * Each fetch uses a connection of its own, as it is minutes until the next.
 */
final class JwkSetClient {

    private static final int CONNECT_MILLIS = 1_000;
    private static final Duration TOTAL = Duration.ofSeconds(2);
    private static final String ACCEPTED = "application/jwk-set+json, application/json";

    private final HttpClient client =
            HttpClient.create(ConnectionProvider.newConnection())
                    .followRedirect(false)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                    .responseTimeout(TOTAL)
                    .headers(headers -> headers.set(HttpHeaderNames.ACCEPT, ACCEPTED));

    /** The document at this address; an error for anything but a 200 within the bounds. */
    Mono<String> fetch(String uri) {
        return client.get().uri(uri).response(BoundedBody::read).next().timeout(TOTAL);
    }
}
