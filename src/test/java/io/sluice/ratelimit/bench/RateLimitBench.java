package io.sluice.ratelimit.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs every contender under every workload, in turn, some rounds long, against one Redis.
 *
 * <p>Arguments: the directory for results; then, if wanted, the number of rounds and milliseconds
 * per phase. Some seconds of each contender and a round before the first warm up and are not kept.
 */
public final class RateLimitBench {

    /** Questions out at a time where a phase is to show the most that is possible. */
    static final int OUT = 64;

    /** The processor of Redis; this process runs on another. */
    private static final String REDIS_PROCESSOR = "1";

    private static final long SEED = 20261124;

    /** How long a limiter waits for Redis where it is not about waiting. */
    static final Duration PATIENT = Duration.ofSeconds(1);

    private static final long WARM_NANOS = 3_000_000_000L;

    private final Server server;
    private final Driver driver = new Driver();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final long phaseNanos;
    private final List<Cell> cells = new ArrayList<>();

    private RateLimitBench(Server server, long phaseNanos) {
        this.server = server;
        this.phaseNanos = phaseNanos;
    }

    public static void main(String[] arguments) throws IOException {
        Path results = Path.of(arguments[0]);
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4;
        long millis = arguments.length > 2 ? Long.parseLong(arguments[2]) : 400;
        try (Server server = new Server(REDIS_PROCESSOR)) {
            new RateLimitBench(server, millis * 1_000_000).run(results, rounds);
        }
    }

    private void run(Path results, int rounds) throws IOException {
        List<Contender> contenders = contenders();
        RawLimit raw = new RawLimit(server);
        for (Workload workload : Workload.all()) {
            contenders.forEach(contender -> cells.add(new Cell(contender, workload)));
        }
        cells.add(new Cell(new Floor(), Workload.UNIFORM));
        List<int[]> streams = Workload.all().stream().map(w -> w.stream(random)).toList();
        contenders.forEach(contender -> warm(contender, streams.get(0)));
        for (int round = 0; round <= rounds; round++) {
            System.out.println("round " + round + " of " + rounds);
            raw.run(round > 0);
            for (Cell cell : order(round)) {
                int at = Workload.all().indexOf(cell.workload);
                run(cell, streams.get(at), round > 0);
            }
        }
        Extras extras = new Extras(server, driver, random, phaseNanos);
        extras.run(contenders);
        new Report(server, cells, raw, extras, rounds, phaseNanos).write(results);
        contenders.forEach(Contender::close);
    }

    private List<Contender> contenders() {
        int port = server.port();
        return List.of(
                new Ours(port, "sluice", true, true, PATIENT),
                new Ours(port, "sluice, no coalescing", false, true, PATIENT),
                new Ours(port, "sluice, no deny cache", true, false, PATIENT),
                new SpringGateway(port),
                new Bucket4j(port),
                new FloatScript(port));
    }

    private void warm(Contender contender, int[] stream) {
        Target target = new Target(contender, Workload.UNIFORM, stream);
        driver.closed(target, OUT, WARM_NANOS, new Admissions());
    }

    /** Another contender begins in each round, so that none always follows the same. */
    private List<Cell> order(int round) {
        List<Cell> order = new ArrayList<>(cells);
        Collections.rotate(order, round);
        return order;
    }

    private void run(Cell cell, int[] stream, boolean keep) {
        server.commands().flushall();
        cell.contender.skew(cell.workload.skewMicros());
        Admissions admissions = new Admissions();
        Target target = new Target(cell.contender, cell.workload, stream);
        Meter meter = new Meter(server, cell.contender);
        Driver.Seen most = driver.closed(target, OUT, phaseNanos, admissions);
        Meter.Reading mostUsed = meter.read();
        // Until what was full at the start is used up.
        driver.open(target, Workload.OFFERED, phaseNanos / 3, random, admissions);
        meter.read();
        Driver.Seen given = driver.open(target, Workload.OFFERED, phaseNanos, random, admissions);
        Meter.Reading givenUsed = meter.read();
        if (keep) {
            cell.perSecond.add(most.decisions * 1e9 / most.nanos);
            cell.saturated.add(most, mostUsed);
            cell.offered.add(given, givenUsed);
            cell.latencies(given);
            for (Limit limit : cell.workload.limits()) {
                if (!limit.key().equals("global")) {
                    cell.worst = cell.worst.or(admissions.worst(limit));
                }
            }
        }
    }
}
