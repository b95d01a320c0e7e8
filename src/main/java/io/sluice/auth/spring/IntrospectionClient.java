package io.sluice.auth.spring;

import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * Asks an introspection endpoint about tokens (RFC 7662 section 2.1), as a client with a password
 * (RFC 6749 section 2.3.1): over kept connections, no redirects, no proxy, 64 KiB at most.
 */
final class IntrospectionClient implements Introspection.Endpoint {

    /** Questions at a time; each needs a connection. */
    static final int MAX_CONCURRENT = 100;

    private static final int CONNECT_MILLIS = 1_000;
    private static final Duration IDLE = Duration.ofSeconds(20);

    private final ConnectionProvider connections =
            ConnectionProvider.builder("sluice-introspection")
                    .maxConnections(MAX_CONCURRENT)
                    .pendingAcquireMaxCount(MAX_CONCURRENT)
                    .maxIdleTime(IDLE)
                    .build();
    private final HttpClient client;
    private final String uri;
    private final Duration timeout;

    /**
     * @param timeout for a whole question
     */
    IntrospectionClient(String uri, String clientId, String clientSecret, Duration timeout) {
        this.uri = uri;
        this.timeout = timeout;
        String password = encode(clientId) + ":" + encode(clientSecret);
        String credentials =
                Base64.getEncoder().encodeToString(password.getBytes(StandardCharsets.UTF_8));
        this.client =
                HttpClient.create(connections)
                        .followRedirect(false)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                        .responseTimeout(timeout)
                        .headers(
                                headers ->
                                        headers.set(HttpHeaderNames.ACCEPT, "application/json")
                                                .set(
                                                        HttpHeaderNames.CONTENT_TYPE,
                                                        HttpHeaderValues
                                                                .APPLICATION_X_WWW_FORM_URLENCODED)
                                                .set(
                                                        HttpHeaderNames.AUTHORIZATION,
                                                        "Basic " + credentials));
    }

    /**
     * @param settings checked already
     */
    static IntrospectionClient of(AuthProperties.Introspection settings) {
        return new IntrospectionClient(
                Objects.requireNonNull(settings.uri()),
                Objects.requireNonNull(settings.clientId()),
                Objects.requireNonNull(settings.clientSecret()),
                settings.timeout());
    }

    /** The endpoint's answer as text; an error for anything but a 200 within the bounds. */
    @Override
    public Mono<String> ask(String token) {
        String form = "token=" + encode(token) + "&token_type_hint=access_token";
        return client.post()
                .uri(uri)
                .send(ByteBufFlux.fromString(Mono.just(form)))
                .response(BoundedBody::read)
                .next()
                .timeout(timeout);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        connections.dispose();
    }
}
