package io.sluice.upstream.kubernetes;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.ssl.SslContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The part of a Kubernetes API server that serves the EndpointSlices of one namespace: list, and
 * watch as JSON lines over chunked HTTP, with resource versions, history, bookmarks and 410. Keeps
 * every request it saw.
 */
public final class FakeApiServer implements AutoCloseable {

    /** A request. {@code watch} is the resource version it started at; {@code null} for a list. */
    public record Seen(String path, @Nullable String watch, @Nullable String authorization) {}

    private static final class BrokenOff extends RuntimeException {
        BrokenOff() {
            super("broken off", null, false, false);
        }
    }

    private static final String LABEL = "kubernetes.io/service-name=";

    private final @Nullable SslContext tls;
    private final Map<String, String> slices = new TreeMap<>();
    private final ConcurrentSkipListMap<Integer, String> history = new ConcurrentSkipListMap<>();
    private final Map<Sinks.Many<String>, Boolean> watches = new ConcurrentHashMap<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private int version = 100;
    private int oldest = 0;
    private volatile @Nullable String token;
    private volatile boolean expiryAsStatus;
    private volatile @Nullable String listOverride;
    private @Nullable DisposableServer server;
    private int port;

    private FakeApiServer(@Nullable SslContext tls) {
        this.tls = tls;
    }

    public static FakeApiServer start() {
        return new FakeApiServer(null).restart();
    }

    static FakeApiServer startWithTls(SslContext tls) {
        return new FakeApiServer(tls).restart();
    }

    /** Listens, on the port it had before if it had one. */
    public FakeApiServer restart() {
        HttpServer http = HttpServer.create().host("127.0.0.1").port(port).handle(this::handle);
        server =
                (tls == null ? http : http.secure(spec -> spec.sslContext(tls)))
                        .bindNow(Duration.ofSeconds(10));
        port = server.port();
        return this;
    }

    public String address() {
        return (tls == null ? "http" : "https") + "://127.0.0.1:" + port;
    }

    public List<Seen> seen() {
        return seen;
    }

    long lists() {
        return seen.stream().filter(request -> request.watch() == null).count();
    }

    /** Open watches. */
    public int watching() {
        return watches.size();
    }

    FakeApiServer requireToken(@Nullable String wanted) {
        token = wanted;
        return this;
    }

    /** Too old a version is answered with status 410, not with an event of a watch. */
    FakeApiServer expireByStatus() {
        expiryAsStatus = true;
        return this;
    }

    FakeApiServer answerListsWith(@Nullable String text) {
        listOverride = text;
        return this;
    }

    /** One endpoint of a slice. */
    public static String endpoint(String address, String conditions) {
        return """
        {"addresses":["%s"],"conditions":{%s},"zone":"zone-a","nodeName":"n1",
         "targetRef":{"kind":"Pod","namespace":"shop","name":"pod-%s"}}"""
                .formatted(address, conditions, address.replaceAll("[.:]", "-"))
                .replace("\n", "");
    }

    public static String ready(String address) {
        return endpoint(address, "\"ready\":true,\"serving\":true,\"terminating\":false");
    }

    public static String terminating(String address) {
        return endpoint(address, "\"ready\":false,\"serving\":true,\"terminating\":true");
    }

    /** Adds a slice of the Service {@code orders}, or replaces it, and tells the watches. */
    public synchronized void put(String name, int portNumber, String... endpoints) {
        String type = slices.containsKey(name) ? "MODIFIED" : "ADDED";
        String slice =
                """
                {"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1",
                 "metadata":{"name":"%s","namespace":"shop","resourceVersion":"%d",
                 "labels":{"kubernetes.io/service-name":"orders"},"managedFields":[]},
                 "addressType":"IPv4","endpoints":[%s],
                 "ports":[{"name":"http","port":%d,"protocol":"TCP"},
                          {"name":"quic","port":%d,"protocol":"UDP"}]}"""
                        .formatted(
                                name,
                                ++version,
                                String.join(",", endpoints),
                                portNumber,
                                portNumber)
                        .replace("\n", "");
        slices.put(name, slice);
        tell(type, slice);
    }

    public synchronized void remove(String name) {
        String slice =
                slices.remove(name)
                        .replaceFirst(
                                "\"resourceVersion\":\"[0-9]+\"",
                                "\"resourceVersion\":\"" + ++version + "\"");
        tell("DELETED", slice);
    }

    private void tell(String type, String object) {
        String line = "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
        history.put(version, line);
        raw(line);
    }

    /** Tells the watches that they have missed nothing up to a new version. */
    synchronized int bookmark() {
        raw(
                "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"EndpointSlice\",\"metadata\":{\"resourceVersion\":\"%d\"}}}\n"
                        .formatted(++version));
        return version;
    }

    /** Forgets what came before, and makes every version so far too old. */
    synchronized void forgetHistory() {
        history.clear();
        version += 10;
        oldest = version;
    }

    /** Changes a slice without telling: as if the event had been lost. */
    synchronized void putUntold(String name, int portNumber, String... endpoints) {
        List<Sinks.Many<String>> open = List.copyOf(watches.keySet());
        watches.clear();
        put(name, portNumber, endpoints);
        open.forEach(watch -> watches.put(watch, true));
        history.remove(version);
    }

    /** Sends the watches whatever this is. */
    void raw(String text) {
        watches.keySet().forEach(watch -> watch.tryEmitNext(text));
    }

    /** Breaks every watch off, in the middle of the answer. */
    void breakOff() {
        watches.keySet().forEach(watch -> watch.tryEmitError(new BrokenOff()));
    }

    /** Ends every watch as a server does after its time. */
    void endWatches() {
        watches.keySet().forEach(Sinks.Many::tryEmitComplete);
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        QueryStringDecoder query = new QueryStringDecoder(request.uri());
        boolean watch = query.parameters().containsKey("watch");
        String from = watch ? query.parameters().get("resourceVersion").get(0) : null;
        String authorization = request.requestHeaders().get("Authorization");
        seen.add(new Seen(query.path(), from, authorization));
        if (token != null && !("Bearer " + token).equals(authorization)) {
            return status(response, 401, "Unauthorized");
        }
        boolean known =
                query.path().equals("/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices")
                        && query.parameters()
                                .getOrDefault("labelSelector", List.of())
                                .equals(List.of(LABEL + "orders"));
        if (!known) {
            return status(response, 403, "endpointslices is forbidden");
        }
        return from == null ? list(response) : watch(Integer.parseInt(from), response);
    }

    private static Publisher<Void> status(HttpServerResponse response, int code, String message) {
        return response.status(code)
                .header("Content-Type", "application/json")
                .sendString(
                        Mono.just(
                                "{\"kind\":\"Status\",\"code\":%d,\"message\":\"%s\"}"
                                        .formatted(code, message)));
    }

    private synchronized Publisher<Void> list(HttpServerResponse response) {
        String text =
                listOverride != null
                        ? listOverride
                        : "{\"kind\":\"EndpointSliceList\",\"metadata\":{\"resourceVersion\":\"%d\"},\"items\":[%s]}"
                                .formatted(version, String.join(",", slices.values()));
        return response.header("Content-Type", "application/json").sendString(Mono.just(text));
    }

    private synchronized Publisher<Void> watch(int from, HttpServerResponse response) {
        if (from < oldest && expiryAsStatus) {
            return status(response, 410, "too old resource version");
        }
        String missed =
                from < oldest
                        ? "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}}\n"
                        : history.tailMap(from, false).values().stream()
                                .collect(Collectors.joining());
        Sinks.Many<String> live = Sinks.many().unicast().onBackpressureBuffer();
        watches.put(live, true);
        Flux<ByteBuf> lines =
                Flux.concat(missed.isEmpty() ? Flux.empty() : Flux.just(missed), live.asFlux())
                        .map(text -> Unpooled.copiedBuffer(text, StandardCharsets.UTF_8))
                        .cast(ByteBuf.class)
                        .doFinally(signal -> watches.remove(live));
        return response.header("Content-Type", "application/json")
                .sendHeaders()
                .send(lines, line -> true);
    }

    /** Stops listening and closes every connection; {@link #restart} brings it back. */
    @Override
    public void close() {
        if (server != null) {
            breakOff();
            server.disposeNow(Duration.ofSeconds(2));
            watches.clear();
        }
    }
}
