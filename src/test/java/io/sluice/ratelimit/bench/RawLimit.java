package io.sluice.ratelimit.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The physical limit: {@code redis-benchmark EVALSHA} of the shipped script over 100,000 uniform
 * keys, by several ways to have {@value RateLimitBench#OUT} questions out. The client is a C
 * program without a limiter around it.
 */
final class RawLimit {

    private static final int CALLS = 60_000;
    private static final List<int[]> CONNECTIONS_AND_DEPTH =
            List.of(new int[] {1, 64}, new int[] {4, 16}, new int[] {64, 1});

    private final Server server;
    private final String sha;
    private final Map<String, List<Double>> perSecond = new TreeMap<>();

    RawLimit(Server server) {
        this.server = server;
        this.sha = server.commands().scriptLoad(script());
    }

    private static String script() {
        try (InputStream text =
                RawLimit.class.getResourceAsStream("/io/sluice/ratelimit/decide.lua")) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Once each way; a warm-up is not kept. */
    void run(boolean keep) {
        for (int[] way : CONNECTIONS_AND_DEPTH) {
            server.commands().flushall();
            double result = run(way[0], way[1]);
            if (keep) {
                perSecond
                        .computeIfAbsent(
                                way[0] + " connections, depth " + way[1], w -> new ArrayList<>())
                        .add(result);
            }
        }
    }

    /** Calls per second of each run, by the way. */
    Map<String, List<Double>> perSecond() {
        return perSecond;
    }

    /** The median of the fastest way. */
    double limit() {
        return perSecond.values().stream().mapToDouble(Stats::median).max().orElse(Double.NaN);
    }

    private double run(int connections, int depth) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("redis-benchmark", "-p", "" + server.port(), "--csv"));
        command.addAll(List.of("-c", "" + connections, "-P", "" + depth));
        command.addAll(List.of("-n", "" + CALLS, "-r", "100000"));
        command.addAll(List.of("EVALSHA", sha, "1", "ratelimit:{user:__rand_int__}:per-user"));
        command.addAll(List.of("1", "100", "1", "10000", "1", "1"));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher rate = Pattern.compile("\"([\\d.]+)\"").matcher(output);
            if (process.waitFor() != 0 || !rate.find()) {
                throw new IllegalStateException("redis-benchmark: " + output);
            }
            return Double.parseDouble(rate.group(1));
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
