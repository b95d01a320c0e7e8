package io.sluice.it;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A real gRPC server, h2c only, whose messages are text. */
final class GrpcUpstream implements AutoCloseable {

    static final Metadata.Key<String> TRAILER =
            Metadata.Key.of("x-checksum", Metadata.ASCII_STRING_MARSHALLER);

    static final MethodDescriptor<String, String> UNARY =
            method("Unary", MethodDescriptor.MethodType.UNARY);
    static final MethodDescriptor<String, String> STREAM =
            method("Stream", MethodDescriptor.MethodType.SERVER_STREAMING);
    static final MethodDescriptor<String, String> ENDLESS =
            method("Endless", MethodDescriptor.MethodType.SERVER_STREAMING);
    static final MethodDescriptor<String, String> CHAT =
            method("Chat", MethodDescriptor.MethodType.BIDI_STREAMING);
    static final MethodDescriptor<String, String> REFUSED =
            method("Refused", MethodDescriptor.MethodType.UNARY);
    static final MethodDescriptor<String, String> BROKEN =
            method("Broken", MethodDescriptor.MethodType.SERVER_STREAMING);

    private final Server server;
    private final Map<String, CountDownLatch> cancelled = new ConcurrentHashMap<>();

    GrpcUpstream() {
        ServerServiceDefinition service =
                ServerServiceDefinition.builder("sluice.Echo")
                        .addMethod(UNARY, ServerCalls.asyncUnaryCall(GrpcUpstream::unary))
                        .addMethod(
                                STREAM, ServerCalls.asyncServerStreamingCall(GrpcUpstream::stream))
                        .addMethod(ENDLESS, ServerCalls.asyncServerStreamingCall(this::endless))
                        .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(GrpcUpstream::chat))
                        .addMethod(REFUSED, ServerCalls.asyncUnaryCall(GrpcUpstream::refused))
                        .addMethod(
                                BROKEN, ServerCalls.asyncServerStreamingCall(GrpcUpstream::broken))
                        .build();
        try {
            server =
                    NettyServerBuilder.forPort(0)
                            .directExecutor()
                            .addService(ServerInterceptors.intercept(service, new Trailers()))
                            .build()
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    /** Opens when the call of {@link #ENDLESS} with this text was cancelled. */
    CountDownLatch cancelled(String text) {
        return cancelled.computeIfAbsent(text, key -> new CountDownLatch(1));
    }

    private static void unary(String request, StreamObserver<String> answers) {
        answers.onNext("echo " + request);
        answers.onCompleted();
    }

    private static void stream(String request, StreamObserver<String> answers) {
        for (int i = 0; i < Integer.parseInt(request); i++) {
            answers.onNext("message " + i);
        }
        answers.onCompleted();
    }

    private void endless(String request, StreamObserver<String> answers) {
        ((ServerCallStreamObserver<String>) answers)
                .setOnCancelHandler(cancelled(request)::countDown);
        answers.onNext("first");
    }

    private static StreamObserver<String> chat(StreamObserver<String> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(String text) {
                answers.onNext("echo " + text);
            }

            @Override
            public void onError(Throwable error) {
                answers.onError(error);
            }

            @Override
            public void onCompleted() {
                answers.onCompleted();
            }
        };
    }

    private static void refused(String request, StreamObserver<String> answers) {
        answers.onError(
                Status.FAILED_PRECONDITION.withDescription("not now, " + request).asException());
    }

    private static void broken(String request, StreamObserver<String> answers) {
        answers.onNext("first");
        answers.onError(Status.DATA_LOSS.withDescription("half of it").asException());
    }

    /** Every call ends with one trailer more. */
    private static final class Trailers implements ServerInterceptor {

        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
            return next.startCall(
                    new io.grpc.ForwardingServerCall.SimpleForwardingServerCall<A, B>(call) {
                        @Override
                        public void close(Status status, Metadata trailers) {
                            trailers.put(TRAILER, "abc");
                            super.close(status, trailers);
                        }
                    },
                    headers);
        }
    }

    private static MethodDescriptor<String, String> method(
            String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.newBuilder(new Text(), new Text())
                .setFullMethodName("sluice.Echo/" + name)
                .setType(type)
                .build();
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {

        @Override
        public InputStream stream(String text) {
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
