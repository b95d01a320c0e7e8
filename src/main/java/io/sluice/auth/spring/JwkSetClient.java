package io.sluice.auth.spring;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import reactor.core.publisher.Flux;
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
    private static final int MAX_BYTES = 64 * 1024;

    private final HttpClient client =
            HttpClient.create(ConnectionProvider.newConnection())
                    .followRedirect(false)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                    .responseTimeout(TOTAL)
                    .headers(headers -> headers.set(HttpHeaderNames.ACCEPT, "application/json"));

    /** The document at this address; an error for anything but a 200 within the bounds. */
    Mono<String> fetch(String uri) {
        return client.get()
                .uri(uri)
                .response(
                        (response, content) ->
                                response.status().equals(HttpResponseStatus.OK)
                                        ? content.transform(JwkSetClient::collect)
                                        : Flux.<String>error(
                                                new RefusedAnswerException(
                                                        "status " + response.status().code())))
                .next()
                .timeout(TOTAL);
    }

    private static Flux<String> collect(Flux<ByteBuf> content) {
        return content.reduceWith(ByteArrayOutputStream::new, JwkSetClient::append)
                .map(bytes -> bytes.toString(StandardCharsets.UTF_8))
                .flux();
    }

    private static ByteArrayOutputStream append(ByteArrayOutputStream sum, ByteBuf part) {
        if (sum.size() + part.readableBytes() > MAX_BYTES) {
            throw new RefusedAnswerException("more than " + MAX_BYTES + " bytes");
        }
        byte[] bytes = new byte[part.readableBytes()];
        part.readBytes(bytes);
        sum.writeBytes(bytes);
        return sum;
    }

    /** An answer that is no JWK set; it carries no trace, as it says nothing of our code. */
    static final class RefusedAnswerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedAnswerException(String reason) {
            super(reason, null, false, false);
        }
    }
}
