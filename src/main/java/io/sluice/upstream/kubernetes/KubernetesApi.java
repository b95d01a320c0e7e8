package io.sluice.upstream.kubernetes;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.sluice.upstream.SliceEvent;
import io.sluice.upstream.kubernetes.SliceReader.SliceList;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * Lists and watches the EndpointSlices of one Service. Each request has a connection of its own and
 * reads token and certificates anew; none is redirected or goes through a proxy.
 */
public final class KubernetesApi {

    private static final int CONNECT_MILLIS = 2_000;
    private static final Duration LIST_TIMEOUT = Duration.ofSeconds(10);

    /** Servers send a bookmark about once a minute; a watch that is silent for longer is dead. */
    private static final Duration WATCH_SILENCE = Duration.ofSeconds(90);

    /** The server ends a watch after this, so that watches spread over its replicas again. */
    private static final int WATCH_SECONDS = 300;

    private static final int MOST_LIST_BYTES = 32 * 1024 * 1024;
    private static final int MOST_LINE_BYTES = 8 * 1024 * 1024;

    private final KubernetesAccess access;
    private final LoopResources loops;
    private final String path;

    /** {@code namespace} and {@code service} are DNS labels. */
    public KubernetesApi(
            KubernetesAccess access, LoopResources loops, String namespace, String service) {
        this.access = access;
        this.loops = loops;
        this.path =
                "/apis/discovery.k8s.io/v1/namespaces/"
                        + namespace
                        + "/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3D"
                        + service;
    }

    /** The slices now. No resource version is asked for, so that the answer is not an old one. */
    Mono<SliceList> list() {
        return client(LIST_TIMEOUT)
                .flatMap(
                        client ->
                                client.get()
                                        .uri(access.apiServer() + path)
                                        .response(
                                                (response, content) ->
                                                        accepted(response, content)
                                                                .thenMany(whole(content)))
                                        .next())
                .map(SliceReader::list)
                .timeout(LIST_TIMEOUT);
    }

    /**
     * What changes after this version, until the server ends it: the events of each piece that
     * arrives.
     *
     * @param opened run when the server has accepted the watch
     */
    Flux<List<SliceEvent>> watch(String resourceVersion, Runnable opened) {
        String uri =
                access.apiServer()
                        + path
                        + "&watch=true&allowWatchBookmarks=true&timeoutSeconds="
                        + WATCH_SECONDS
                        + "&resourceVersion="
                        + URLEncoder.encode(resourceVersion, StandardCharsets.UTF_8);
        return client(WATCH_SILENCE)
                .flatMapMany(
                        client ->
                                client.get()
                                        .uri(uri)
                                        .response(
                                                (response, content) ->
                                                        accepted(response, content)
                                                                .thenMany(
                                                                        events(content, opened))));
    }

    private static Flux<List<SliceEvent>> events(ByteBufFlux content, Runnable opened) {
        JsonLines lines = new JsonLines(MOST_LINE_BYTES);
        return Flux.defer(
                () -> {
                    opened.run();
                    return content.map(
                            piece -> lines.add(piece).stream().map(SliceReader::event).toList());
                });
    }

    private static Mono<Void> accepted(HttpClientResponse response, ByteBufFlux content) {
        int status = response.status().code();
        return status == 200
                ? Mono.empty()
                : whole(content)
                        .map(SliceReader::message)
                        .flatMap(message -> Mono.error(new RefusedException(status, message)));
    }

    private static Mono<byte[]> whole(ByteBufFlux content) {
        return content.reduceWith(ByteArrayOutputStream::new, KubernetesApi::append)
                .map(ByteArrayOutputStream::toByteArray);
    }

    private static ByteArrayOutputStream append(ByteArrayOutputStream sum, ByteBuf piece) {
        if (sum.size() + piece.readableBytes() > MOST_LIST_BYTES) {
            throw new UnreadableException("more than " + MOST_LIST_BYTES + " bytes");
        }
        byte[] bytes = new byte[piece.readableBytes()];
        piece.readBytes(bytes);
        sum.writeBytes(bytes);
        return sum;
    }

    /** Reads files, so it is made where waiting is allowed. */
    private Mono<HttpClient> client(Duration silence) {
        return Mono.fromCallable(() -> newClient(silence)).subscribeOn(Schedulers.boundedElastic());
    }

    private HttpClient newClient(Duration silence) throws SSLException {
        String token = access.token();
        HttpClient client =
                HttpClient.create(ConnectionProvider.newConnection())
                        .runOn(loops)
                        .followRedirect(false)
                        .noProxy()
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                        .option(ChannelOption.SO_KEEPALIVE, true)
                        .responseTimeout(silence)
                        .disableRetry(true)
                        .headers(
                                headers -> {
                                    headers.set(HttpHeaderNames.ACCEPT, "application/json");
                                    if (token != null) {
                                        headers.set(
                                                HttpHeaderNames.AUTHORIZATION, "Bearer " + token);
                                    }
                                });
        if (!access.apiServer().startsWith("https:")) {
            return client;
        }
        SslContext tls = tls();
        return client.secure(spec -> spec.sslContext(tls));
    }

    private SslContext tls() throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient();
        Path certificates = access.certificates();
        if (certificates != null) {
            builder.trustManager(certificates.toFile());
        }
        return builder.build();
    }
}
