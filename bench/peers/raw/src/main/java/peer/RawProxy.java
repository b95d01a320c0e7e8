package peer;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.ConnectionProvider;

/** A proxy of reactor-netty and nothing else. Arguments: its port, then the backends' ports. */
public final class RawProxy {

    private final HttpClient[] backends;
    private final AtomicInteger turn = new AtomicInteger();

    private RawProxy(String[] ports) {
        ConnectionProvider pool = ConnectionProvider.builder("raw").maxConnections(500).build();
        backends =
                Arrays.stream(ports)
                        .map(port -> HttpClient.create(pool).baseUrl("http://127.0.0.1:" + port))
                        .toArray(HttpClient[]::new);
    }

    private Publisher<Void> proxy(HttpServerRequest request, HttpServerResponse response) {
        HttpClient backend = backends[Math.floorMod(turn.getAndIncrement(), backends.length)];
        return backend.headers(headers -> headers.add(request.requestHeaders()).remove("Host"))
                .request(request.method())
                .uri(request.uri())
                .send(request.receive().retain())
                .responseConnection(
                        (answer, connection) ->
                                response.status(answer.status())
                                        .headers(answer.responseHeaders())
                                        .send(connection.inbound().receive().retain())
                                        .then());
    }

    public static void main(String[] arguments) {
        RawProxy proxy = new RawProxy(Arrays.copyOfRange(arguments, 1, arguments.length));
        HttpServer.create()
                .host("127.0.0.1")
                .port(Integer.parseInt(arguments[0]))
                .handle(proxy::proxy)
                .bindNow()
                .onDispose()
                .block();
    }
}
