package io.sluice.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * Clients that go on asking several gateways until they are told to stop; each waits for its answer
 * and then a little. Every request has an answer in the end, if only that it was lost.
 */
final class Surge implements AutoCloseable {

    /** For a connection that failed, or no answer in {@link #LIMIT}. */
    static final int LOST = -1;

    private static final Duration LIMIT = Duration.ofSeconds(30);
    static final String BUCKET = "X-Bucket";

    /**
     * @param gateway which one was asked, from 0
     * @param bucket whose bucket
     */
    record Answer(int gateway, String bucket, int status, long sentNanos, long answeredNanos) {}

    private final ConnectionProvider connections;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sent = new AtomicInteger();
    private final Mono<Void> done;
    private volatile boolean stopped;

    private Surge(
            List<Gateway> gateways,
            int clientsEach,
            Duration pause,
            String path,
            IntFunction<String> bucket) {
        connections =
                ConnectionProvider.builder("surge")
                        .maxConnections(clientsEach)
                        .pendingAcquireMaxCount(-1)
                        .build();
        List<Mono<Void>> clients = new ArrayList<>();
        for (int client = 0; client < clientsEach; client++) {
            for (int gateway = 0; gateway < gateways.size(); gateway++) {
                int to = gateway;
                HttpClient http =
                        HttpClient.create(connections)
                                .baseUrl("http://127.0.0.1:" + gateways.get(gateway).port())
                                .responseTimeout(LIMIT);
                clients.add(
                        Mono.defer(() -> one(http, to, path, bucket))
                                .then(Mono.delay(pause))
                                .repeat(() -> !stopped)
                                .then());
            }
        }
        done = Flux.merge(Flux.fromIterable(clients), clients.size()).then().cache();
        done.subscribe();
    }

    /**
     * Begins.
     *
     * @param bucket whose bucket the n-th request asks for
     */
    static Surge start(
            List<Gateway> gateways,
            int clientsEach,
            Duration pause,
            String path,
            IntFunction<String> bucket) {
        return new Surge(gateways, clientsEach, pause, path, bucket);
    }

    private Mono<Void> one(HttpClient http, int gateway, String path, IntFunction<String> bucket) {
        String name = bucket.apply(sent.getAndIncrement());
        long start = System.nanoTime();
        return http.headers(headers -> headers.set(BUCKET, name))
                .get()
                .uri(path)
                .responseSingle((response, body) -> body.then(Mono.just(response.status().code())))
                .onErrorReturn(LOST)
                .doOnNext(
                        status ->
                                answers.add(
                                        new Answer(
                                                gateway, name, status, start, System.nanoTime())))
                .then();
    }

    /** How many have been answered so far. */
    int answered() {
        return answers.size();
    }

    /** Lets every client have its last answer; all answers there were. */
    List<Answer> stop() {
        stopped = true;
        done.block(LIMIT.plusSeconds(30));
        List<Answer> all = List.copyOf(answers);
        if (all.size() != sent.get()) {
            throw new AssertionError(sent + " requests, " + all.size() + " answers");
        }
        return all;
    }

    /** How many answers had each status. */
    static Map<Integer, Integer> statuses(List<Answer> answers) {
        Map<Integer, Integer> counts = new TreeMap<>();
        answers.forEach(answer -> counts.merge(answer.status(), 1, Integer::sum));
        return counts;
    }

    @Override
    public void close() {
        stopped = true;
        connections.dispose();
    }
}
