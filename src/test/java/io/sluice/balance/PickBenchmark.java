package io.sluice.balance;

import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.EndpointStates;
import io.sluice.upstream.Lease;
import io.sluice.upstream.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What a pick costs, alone and with its lease, and what a change of the set costs. Every endpoint
 * has an estimate and some requests in flight, so that no short cut is taken.
 *
 * <p>Run {@link #main} with JMH's own arguments, such as {@code -prof gc -t 2 -p size=10}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class PickBenchmark {

    private static final int KEYS = 1 << 12;

    @Param({
        "round-robin",
        "weighted-round-robin",
        "least-connections",
        "ip-hash",
        "least-response-time",
        "consistent-hashing",
        "consistent-hashing-bounded"
    })
    public String algorithm;

    @Param({"10", "100", "1000", "10000"})
    public int size;

    private final PickRequest[] requests = new PickRequest[KEYS];
    private Balancer balancer;
    private EndpointSet set;
    private EndpointSet other;
    private Picker picker;
    private boolean flip;
    private long start;

    /** One thread's place in the requests. */
    @State(Scope.Thread)
    public static class Cursor {
        int next = ThreadLocalRandom.current().nextInt(KEYS);
    }

    @Setup
    public void setUp() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < KEYS; i++) {
            requests[i] = PickRequest.keyed(random.nextLong());
        }
        EndpointStates states = new EndpointStates();
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int weight = algorithm.equals("weighted-round-robin") ? 1 + i % 5 : 1;
            Endpoint endpoint = new Endpoint("http", "instance-" + i, 8080, weight, null, Map.of());
            members.add(new Member(endpoint, states.state(endpoint.id()), weight, true));
        }
        set = EndpointSet.of(members);
        other = EndpointSet.of(members.subList(1, members.size()));
        start = System.nanoTime();
        for (Member member : set.members()) {
            long took = TimeUnit.MILLISECONDS.toNanos(5 + random.nextInt(20));
            member.state().acquire(start - took).release(Outcome.SUCCESS, start, 0);
            for (int held = random.nextInt(4); held >= 0; held--) {
                member.state().acquire(start - random.nextLong(took));
            }
        }
        boolean bounded = algorithm.endsWith("-bounded");
        balancer =
                Balancers.create(
                        Algorithm.named(algorithm.replace("-bounded", "")).orElseThrow(),
                        bounded ? new BalancerSettings(160, 1.5) : BalancerSettings.DEFAULTS,
                        () -> ThreadLocalRandom.current().nextLong());
        picker = balancer.picker(set);
    }

    /** The time is handed in, as the lease's start is; it moves on 4 µs a pick, over 16 ms. */
    @Benchmark
    public Member pick(Cursor cursor) {
        int next = cursor.next++ & (KEYS - 1);
        return picker.pick(requests[next], start + ((long) next << 12));
    }

    /** As a request does it; the lease is the one allocation. */
    @Benchmark
    public boolean pickAndLease(Cursor cursor) {
        long now = System.nanoTime();
        Member member = picker.pick(requests[cursor.next++ & (KEYS - 1)], now);
        Lease lease = member.state().acquire(now);
        lease.responseStarted(now + 1_000_000);
        return lease.release(Outcome.SUCCESS, now + 1_000_000, 0);
    }

    /** One endpoint comes or goes. */
    @Benchmark
    public Picker rebuild() {
        flip = !flip;
        return balancer.picker(flip ? other : set);
    }

    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        CommandLineOptions given = new CommandLineOptions(args);
        ChainedOptionsBuilder options = new OptionsBuilder().parent(given);
        if (given.getIncludes().isEmpty()) {
            options.include(PickBenchmark.class.getName() + "\\.");
        }
        new Runner(options.build()).run();
    }
}
