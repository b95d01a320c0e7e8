package io.sluice.it;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Takes traces as OTLP over HTTP says, and keeps them. */
final class TraceCollector implements AutoCloseable {

    /**
     * A span as it was sent; ids in hexadecimal digits.
     *
     * @param parentId empty for the first of a trace
     */
    record Taken(
            String traceId,
            String id,
            String parentId,
            String name,
            boolean ofServer,
            boolean failed,
            Map<String, String> attributes) {}

    private final List<Taken> spans = new CopyOnWriteArrayList<>();
    private final List<String> services = new CopyOnWriteArrayList<>();
    private final DisposableServer server =
            HttpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .route(
                            routes ->
                                    routes.post(
                                            "/v1/traces",
                                            (request, response) ->
                                                    request.receive()
                                                            .aggregate()
                                                            .asByteArray()
                                                            .doOnNext(this::take)
                                                            .then(
                                                                    Mono.from(
                                                                            response.status(200)
                                                                                    .send()))))
                    .bindNow(Duration.ofSeconds(10));

    String uri() {
        return "http://127.0.0.1:" + server.port() + "/v1/traces";
    }

    private void take(byte[] body) {
        try {
            ExportTraceServiceRequest.parseFrom(body)
                    .getResourceSpansList()
                    .forEach(
                            resource -> {
                                resource.getResource().getAttributesList().stream()
                                        .filter(one -> one.getKey().equals("service.name"))
                                        .forEach(one -> services.add(text(one.getValue())));
                                resource.getScopeSpansList()
                                        .forEach(scope -> scope.getSpansList().forEach(this::take));
                            });
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private void take(Span span) {
        spans.add(
                new Taken(
                        hex(span.getTraceId()),
                        hex(span.getSpanId()),
                        hex(span.getParentSpanId()),
                        span.getName(),
                        span.getKind() == Span.SpanKind.SPAN_KIND_SERVER,
                        span.getStatus().getCodeValue() == 2,
                        span.getAttributesList().stream()
                                .collect(
                                        Collectors.toMap(
                                                one -> one.getKey(),
                                                one -> text(one.getValue())))));
    }

    private static String text(AnyValue value) {
        return value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue();
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    List<Taken> spans() {
        return spans;
    }

    List<String> services() {
        return services;
    }

    /** The spans of a trace, once so many have come; the one of the server first. */
    List<Taken> trace(String traceId, int size) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () ->
                                spans.stream().filter(s -> s.traceId().equals(traceId)).count()
                                        >= size);
        return spans.stream()
                .filter(span -> span.traceId().equals(traceId))
                .sorted((a, b) -> Boolean.compare(b.ofServer(), a.ofServer()))
                .toList();
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
