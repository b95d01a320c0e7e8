package io.sluice.it;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Up to a thousand requests a second, each answer looked at: its route, its limit and its upstream
 * must be of one version of {@link ReloadIT}'s configuration.
 */
final class ReloadLoad implements AutoCloseable {

    private static final Pattern POLICY = Pattern.compile("\"version\";q=(\\d+)");
    private static final int CLIENTS = 4;
    private static final long PAUSE_NANOS = 1_000_000L * CLIENTS;

    private final Gateway gateway;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Queue<Integer> versions = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    ReloadLoad(Gateway gateway) {
        this.gateway = gateway;
        for (int i = 0; i < CLIENTS; i++) {
            Thread thread = new Thread(this::run, "load-" + i);
            thread.start();
            threads.add(thread);
        }
    }

    private void run() {
        long next = System.nanoTime();
        while (!over.get()) {
            try {
                HttpResponse<String> answer =
                        gateway.http()
                                .send(
                                        HttpRequest.newBuilder(gateway.uri("/r/x")).build(),
                                        HttpResponse.BodyHandlers.ofString());
                answered.incrementAndGet();
                look(answer.statusCode(), answer.headers());
            } catch (IOException e) {
                wrong.add(e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            next = Math.max(next + PAUSE_NANOS, System.nanoTime() - PAUSE_NANOS);
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private void look(int status, HttpHeaders headers) {
        if (status != 200) {
            wrong.add("status " + status);
            return;
        }
        int route = number(headers, "X-Version");
        int limit = limit(headers) - ReloadIT.CAPACITY;
        String upstream = headers.firstValue("X-Upstream").orElse("");
        versions.add(route);
        if (limit != route || !upstream.equals("u" + route % ReloadIT.UPSTREAMS)) {
            wrong.add("route of " + route + ", limit of " + limit + ", upstream " + upstream);
        }
    }

    private static int limit(HttpHeaders headers) {
        Matcher policy = POLICY.matcher(headers.firstValue("RateLimit-Policy").orElse(""));
        return policy.find() ? Integer.parseInt(policy.group(1)) : -1;
    }

    private static int number(HttpHeaders headers, String name) {
        return Integer.parseInt(headers.firstValue(name).orElse("-1"));
    }

    int answered() {
        return answered.get();
    }

    /** Answers that failed or were of two versions. */
    List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** How many versions answered. */
    long versions() {
        return versions.stream().distinct().count();
    }

    @Override
    public void close() {
        over.set(true);
        for (Thread thread : threads) {
            try {
                thread.join(60_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
