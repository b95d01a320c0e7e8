package io.sluice.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients at a steady rate, each on one connection that it keeps until it is told to leave: by
 * {@code Connection: close}, GOAWAY, a stream's clean end or a WebSocket's close frame. Whatever
 * else ends a connection is a failure. Nothing is sent twice.
 */
final class SteadyClients implements AutoCloseable {

    private static final long PAUSE_MILLIS = 25;

    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    private interface Client {
        void run() throws IOException;
    }

    /** GETs on a kept connection of HTTP/1.1. */
    SteadyClients http1(int port, int clients) {
        return start("http1", clients, () -> http1(port));
    }

    /** GETs on a kept connection of HTTP/2. */
    SteadyClients http2(int port, int clients) {
        return start("http2", clients, () -> http2(port));
    }

    /** Event streams, one after the other. */
    SteadyClients events(int port, int clients) {
        return start("sse", clients, () -> events(port));
    }

    /** WebSockets, one after the other, each with a message and its echo again and again. */
    SteadyClients webSockets(int port, int clients) {
        return start("websocket", clients, () -> webSocket(port));
    }

    private SteadyClients start(String kind, int clients, Client client) {
        for (int i = 0; i < clients; i++) {
            Thread thread = new Thread(() -> repeat(kind, client), kind + "-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        return this;
    }

    private void repeat(String kind, Client client) {
        while (!stopped(PAUSE_MILLIS)) {
            try {
                client.run();
                count(kind + " connections left as told");
            } catch (IOException | RuntimeException e) {
                failures.add(kind + ": " + e);
            }
        }
    }

    private boolean stopped(long waitMillis) {
        try {
            return stop.await(waitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void count(String what) {
        counts.computeIfAbsent(what, name -> new LongAdder()).increment();
    }

    private void http1(int port) throws IOException {
        try (RawClient client = new RawClient(port)) {
            boolean told = false;
            while (!told && !stopped(PAUSE_MILLIS)) {
                client.get("/steady");
                RawClient.Answer answer =
                        client.answer().orElseThrow(() -> new IOException("no answer"));
                require(answer.status() == 200, answer.head());
                count("http1 requests");
                told = answer.closes();
            }
        }
    }

    private void http2(int port) throws IOException {
        try (Http2Socket client = new Http2Socket(port)) {
            while (!client.goingAway() && !stopped(PAUSE_MILLIS)) {
                require(client.answeredOk(client.get("/steady")), "not 200");
                count("http2 requests");
            }
        }
    }

    private void events(int port) throws IOException {
        try (RawClient client = new RawClient(port)) {
            client.get("/sse");
            RawClient.Answer head = client.answer().orElseThrow(() -> new IOException("no head"));
            require(head.status() == 200, head.head());
            StringBuilder end = new StringBuilder();
            byte[] buffer = new byte[512];
            // The last chunk ends the stream; its connection may well live on.
            while (!end.toString().endsWith("\r\n0\r\n\r\n") && !stopped(0)) {
                int read = client.in().read(buffer);
                require(read >= 0, "cut short after " + end);
                end.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
                end.delete(0, Math.max(0, end.length() - 16));
                count("sse reads");
            }
        }
    }

    private void webSocket(int port) throws IOException {
        try (WebSocketSocket client = new WebSocketSocket(port, "/ws")) {
            String said = "";
            while (!said.startsWith("close:") && !stopped(PAUSE_MILLIS)) {
                client.send("hello");
                said = client.next();
                count("websocket messages");
            }
            require(
                    said.isEmpty() || !said.startsWith("close:") || said.equals("close:1001"),
                    said);
        }
    }

    private static void require(boolean holds, String otherwise) throws IOException {
        if (!holds) {
            throw new IOException(otherwise);
        }
    }

    /** How often each thing has happened. */
    Map<String, Long> counts() {
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((name, sum) -> sums.put(name, sum.sum()));
        return sums;
    }

    long count(String... names) {
        Map<String, Long> sums = counts();
        long sum = 0;
        for (String name : names) {
            sum += sums.getOrDefault(name, 0L);
        }
        return sum;
    }

    /** Every request, stream or connection that ended otherwise than by being told. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Ends the clients; what they are waiting for they still wait for. */
    @Override
    public void close() {
        stop.countDown();
        for (Thread thread : threads) {
            try {
                thread.join(30_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
