package io.sluice.it;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;

/** Concurrent clients of a gateway: one keep-alive connection each, GET after GET. */
final class Load implements AutoCloseable {

    /**
     * @param number which request of the load it was, from 0
     * @param status its status; -1 for a connection that failed
     * @param upstream the name of the instance that answered; empty where none did
     */
    record Answer(int number, int status, String upstream) {}

    /** A request's path and query, and one header, or none where its name is empty. */
    record Get(String target, String headerName, String headerValue) {

        static Get of(String target) {
            return new Get(target, "", "");
        }
    }

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final int clients;
    private final ConnectionProvider connections;
    private final HttpClient http;

    /**
     * @param from the loopback address that the clients have
     */
    Load(Gateway gateway, int clients, String from) {
        this.clients = clients;
        this.connections =
                ConnectionProvider.builder("load")
                        .maxConnections(clients)
                        .pendingAcquireMaxCount(-1)
                        .build();
        this.http =
                HttpClient.create(connections)
                        .bindAddress(() -> new InetSocketAddress(from, 0))
                        .baseUrl("http://127.0.0.1:" + gateway.port())
                        .responseTimeout(LIMIT);
    }

    /** Sends them all and waits for every answer. */
    List<Answer> run(int requests, IntFunction<Get> request) {
        return start(requests, request, new ConcurrentLinkedQueue<>()).join();
    }

    /** Sends them all; {@code answers} fills while it runs. */
    CompletableFuture<List<Answer>> start(
            int requests, IntFunction<Get> request, Queue<Answer> answers) {
        return Flux.range(0, requests)
                .flatMap(number -> one(number, request.apply(number)), clients)
                .doOnNext(answers::add)
                .then(Mono.fromSupplier(() -> List.copyOf(answers)))
                .toFuture();
    }

    private Mono<Answer> one(int number, Get get) {
        HttpClient client =
                get.headerName().isEmpty()
                        ? http
                        : http.headers(all -> all.set(get.headerName(), get.headerValue()));
        return client.get()
                .uri(get.target())
                .responseSingle(
                        (response, body) ->
                                body.asString()
                                        .defaultIfEmpty("")
                                        .map(b -> answer(number, response)))
                .onErrorReturn(new Answer(number, -1, ""));
    }

    private static Answer answer(int number, HttpClientResponse response) {
        String upstream = response.responseHeaders().get("X-Upstream", "");
        return new Answer(number, response.status().code(), upstream);
    }

    /** How many requests each instance answered. */
    static Map<String, Integer> perUpstream(Iterable<Answer> answers) {
        Map<String, Integer> counts = new TreeMap<>();
        answers.forEach(answer -> counts.merge(answer.upstream(), 1, Integer::sum));
        return counts;
    }

    @Override
    public void close() {
        connections.dispose();
    }
}
