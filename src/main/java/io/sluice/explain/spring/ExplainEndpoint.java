package io.sluice.explain.spring;

import io.sluice.explain.Explanation;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import reactor.core.publisher.Mono;

/**
 * {@code /actuator/explain?method=&path=&host=&header=&client=}: what would become of such a
 * request. {@code path} may have a query; {@code header} is {@code Name: value}, any number of
 * times; {@code client} is the address that the connection would come from.
 */
@Endpoint(id = "explain")
final class ExplainEndpoint {

    private final Explainer explainer;

    ExplainEndpoint(Explainer explainer) {
        this.explainer = explainer;
    }

    /**
     * @param header one text or several; of no narrower type, as the endpoint's conversion would
     *     cut a header at its commas
     */
    @ReadOperation
    public Mono<Explanation> explain(
            @Nullable String method,
            @Nullable String path,
            @Nullable String host,
            @Nullable Object header,
            @Nullable String client) {
        try {
            return explainer.explain(Question.of(method, path, host, texts(header), client));
        } catch (IllegalArgumentException wrong) {
            String message = String.valueOf(wrong.getMessage());
            return Mono.error(new InvalidEndpointRequestException(message, message));
        }
    }

    private static List<String> texts(@Nullable Object header) {
        if (header instanceof Collection<?> several) {
            return several.stream().map(String::valueOf).toList();
        }
        return header == null ? List.of() : List.of(header.toString());
    }
}
