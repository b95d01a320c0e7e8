package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * gRPC passes through the packaged jar: a real client over HTTP/2 without TLS, a real server behind
 * a route with {@code upstream-protocol: h2c}, plain and balanced.
 */
class GrpcIT {

    private static GrpcUpstream upstream;
    private static Gateway gateway;
    private static ManagedChannel channel;

    @BeforeAll
    static void start() {
        upstream = new GrpcUpstream();
        gateway =
                Gateway.start(
                        """
                        server.http2.enabled: true
                        spring.cloud.gateway.server.webflux.routes:
                          - id: http
                            uri: http://%1$s
                            predicates: [ "Path=/sluice.Echo/**", "Header=via, http" ]
                            metadata: { upstream-protocol: h2c }
                          - id: lb
                            uri: lb://grpc
                            predicates: [ "Path=/sluice.Echo/**", "Header=via, lb" ]
                            metadata: { upstream-protocol: h2c }
                        sluice.upstreams.grpc.instances:
                          - { uri: "http://%1$s" }
                        """
                                .formatted(upstream.address()));
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", gateway.port()).usePlaintext().build();
    }

    @AfterAll
    static void stop() {
        if (channel != null) {
            channel.shutdownNow();
        }
        upstream.close();
        if (gateway != null) {
            gateway.close();
            assertThat(gateway.log()).doesNotContain("LEAK:");
        }
    }

    private final AtomicReference<Metadata> headers = new AtomicReference<>();
    private final AtomicReference<Metadata> trailers = new AtomicReference<>();

    private Channel through(String route) {
        Metadata via = new Metadata();
        via.put(Metadata.Key.of("via", Metadata.ASCII_STRING_MARSHALLER), route);
        return ClientInterceptors.intercept(
                channel,
                MetadataUtils.newAttachHeadersInterceptor(via),
                MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
    }

    private static CallOptions limited() {
        return CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    private String unary(String route, MethodDescriptor<String, String> method, String text) {
        return ClientCalls.blockingUnaryCall(through(route), method, limited(), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "lb"})
    void unary_messageAndTrailers_pass(String route) {
        assertThat(unary(route, GrpcUpstream.UNARY, "one")).isEqualTo("echo one");
        assertThat(trailers.get().getAll(GrpcUpstream.TRAILER)).containsExactly("abc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "lb"})
    void serverStreaming_everyMessage_passesInOrder(String route) {
        List<String> messages = new ArrayList<>();
        ClientCalls.blockingServerStreamingCall(
                        through(route), GrpcUpstream.STREAM, limited(), "1000")
                .forEachRemaining(messages::add);
        assertThat(messages).hasSize(1000).startsWith("message 0").endsWith("message 999");
        assertThat(trailers.get().getAll(GrpcUpstream.TRAILER)).containsExactly("abc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "lb"})
    void error_withoutAMessage_keepsStatusDescriptionAndTrailers(String route) {
        StatusRuntimeException error =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> unary(route, GrpcUpstream.REFUSED, "Ada"));
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(error.getStatus().getDescription()).isEqualTo("not now, Ada");
        assertThat(error.getTrailers().getAll(GrpcUpstream.TRAILER)).containsExactly("abc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "lb"})
    void error_afterAMessage_keepsStatusDescriptionAndTrailers(String route) {
        List<String> messages = new ArrayList<>();
        StatusRuntimeException error =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () ->
                                ClientCalls.blockingServerStreamingCall(
                                                through(route), GrpcUpstream.BROKEN, limited(), "")
                                        .forEachRemaining(messages::add));
        assertThat(messages).containsExactly("first");
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.DATA_LOSS);
        assertThat(error.getStatus().getDescription()).isEqualTo("half of it");
        assertThat(error.getTrailers().getAll(GrpcUpstream.TRAILER)).containsExactly("abc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "lb"})
    void chat_eachAnswer_comesBeforeTheNextQuestion(String route) throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        StreamObserver<String> questions =
                ClientCalls.asyncBidiStreamingCall(
                        through(route).newCall(GrpcUpstream.CHAT, limited()), into(heard));
        for (String word : List.of("one", "two", "three")) {
            questions.onNext(word);
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("echo " + word);
        }
        questions.onCompleted();
        assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("completed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "lb"})
    void cancelledCall_isCancelledAtTheUpstreamAndCountedSo(String route) throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        AtomicReference<ClientCallStreamObserver<String>> call = new AtomicReference<>();
        StreamObserver<String> plain = into(heard);
        ClientCalls.asyncServerStreamingCall(
                through(route).newCall(GrpcUpstream.ENDLESS, limited()),
                route,
                new ClientResponseObserver<String, String>() {
                    @Override
                    public void beforeStart(ClientCallStreamObserver<String> started) {
                        call.set(started);
                    }

                    @Override
                    public void onNext(String text) {
                        plain.onNext(text);
                    }

                    @Override
                    public void onError(Throwable error) {
                        plain.onError(error);
                    }

                    @Override
                    public void onCompleted() {
                        plain.onCompleted();
                    }
                });
        assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("first");
        call.get().cancel("enough", null);
        assertThat(upstream.cancelled(route).await(60, TimeUnit.SECONDS)).isTrue();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () ->
                                gateway.log()
                                        .lines()
                                        .filter(line -> line.contains("\"route\":\"" + route))
                                        .anyMatch(line -> line.contains("\"cancelled\"")));
    }

    private static StreamObserver<String> into(BlockingQueue<String> heard) {
        return new StreamObserver<>() {
            @Override
            public void onNext(String text) {
                heard.add(text);
            }

            @Override
            public void onError(Throwable error) {
                heard.add(error.toString());
            }

            @Override
            public void onCompleted() {
                heard.add("completed");
            }
        };
    }
}
