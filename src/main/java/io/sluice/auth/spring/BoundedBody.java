package io.sluice.auth.spring;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClientResponse;

/** Reads the answers of other services: a 200 of at most 64 KiB, or an error. */
final class BoundedBody {

    static final int MAX_BYTES = 64 * 1024;

    private BoundedBody() {}

    /** The text of a 200; an error for any other status or a longer body. */
    static Publisher<String> read(HttpClientResponse response, ByteBufFlux content) {
        return response.status().equals(HttpResponseStatus.OK)
                ? content.transform(BoundedBody::collect)
                : Flux.error(new RefusedAnswerException("status " + response.status().code()));
    }

    private static Flux<String> collect(Flux<ByteBuf> content) {
        return content.reduceWith(ByteArrayOutputStream::new, BoundedBody::append)
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

    /** An answer that cannot be used; it carries no trace, as it says nothing of our code. */
    static final class RefusedAnswerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedAnswerException(String reason) {
            super(reason, null, false, false);
        }
    }
}
