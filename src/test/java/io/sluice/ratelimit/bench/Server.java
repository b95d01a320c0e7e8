package io.sluice.ratelimit.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sluice.ratelimit.redis.RedisProcess;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Redis that all contenders share, as a process on a processor of its own; and its counters.
 */
final class Server implements AutoCloseable {

    /**
     * What was used so far.
     *
     * @param scripts calls of scripts
     * @param redisSeconds processor time of the Redis process
     * @param ownNanos processor time of this process, the asking included
     * @param allocated bytes, by all threads that live
     */
    record Used(long scripts, double redisSeconds, long ownNanos, long allocated) {

        Used since(Used before) {
            return new Used(
                    scripts - before.scripts,
                    redisSeconds - before.redisSeconds,
                    ownNanos - before.ownNanos,
                    allocated - before.allocated);
        }

        Used plus(Used other) {
            return new Used(
                    scripts + other.scripts,
                    redisSeconds + other.redisSeconds,
                    ownNanos + other.ownNanos,
                    allocated + other.allocated);
        }
    }

    private final RedisProcess process;
    private final RedisClient client;
    private final RedisCommands<String, String> commands;

    Server(String processor) {
        process = RedisProcess.start();
        pin(process.pid(), processor);
        client = RedisClient.create("redis://127.0.0.1:" + process.port());
        commands = client.connect().sync();
    }

    private static void pin(long pid, String processor) {
        try {
            Process taskset =
                    new ProcessBuilder("taskset", "-a", "-c", "-p", processor, Long.toString(pid))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (taskset.waitFor() != 0) {
                throw new IllegalStateException("taskset failed");
            }
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    int port() {
        return process.port();
    }

    RedisProcess process() {
        return process;
    }

    RedisCommands<String, String> commands() {
        return commands;
    }

    String version() {
        return number(commands.info("server"), "redis_version:(\\S+)");
    }

    Used used() {
        String stats = commands.info("commandstats");
        String cpu = commands.info("cpu");
        var system =
                (com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean();
        return new Used(
                calls(stats, "evalsha") + calls(stats, "eval"),
                Double.parseDouble(number(cpu, "used_cpu_user:([\\d.]+)"))
                        + Double.parseDouble(number(cpu, "used_cpu_sys:([\\d.]+)")),
                system.getProcessCpuTime(),
                allocated());
    }

    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }

    /** Bytes that Redis has in use for its data set and around it. */
    long memory() {
        return Long.parseLong(number(commands.info("memory"), "used_memory:(\\d+)"));
    }

    private static long calls(String stats, String command) {
        return Long.parseLong(number(stats, "cmdstat_" + command + ":calls=(\\d+)"));
    }

    private static String number(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.find() ? matcher.group(1) : "0";
    }

    @Override
    public void close() {
        client.shutdown();
        process.close();
    }
}
