package io.sluice.it;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/**
 * Three gateways behind HAProxy, replaced one after the other under load as a Deployment with one
 * surge pod does: the new one is ready before the old one gets its SIGTERM.
 */
public final class RollingRestart {

    private static final int GATEWAYS = 3;
    private static final Duration EXIT = Duration.ofSeconds(60);

    /**
     * What was seen.
     *
     * @param counts how often each thing happened
     * @param failures what went wrong, in words
     * @param exitSeconds from SIGTERM to the end of each process
     * @param statuses with which they ended
     */
    record Outcome(
            Map<String, Long> counts,
            List<String> failures,
            List<Double> exitSeconds,
            List<Integer> statuses) {}

    private final Path haproxy;
    private final int rounds;
    private final Consumer<String> log;
    private final List<Double> exitSeconds = new ArrayList<>();
    private final List<Integer> statuses = new ArrayList<>();

    private RollingRestart(Path haproxy, int rounds, Consumer<String> log) {
        this.haproxy = haproxy;
        this.rounds = rounds;
        this.log = log;
    }

    static Outcome run(Path haproxy, int rounds, Consumer<String> log) {
        return new RollingRestart(haproxy, rounds, log).run();
    }

    /**
     * @param args the number of rounds, 10 by default
     */
    public static void main(String[] args) {
        int rounds = args.length == 0 ? 10 : Integer.parseInt(args[0]);
        Outcome outcome = run(Tools.need("haproxy"), rounds, System.out::println);
        outcome.counts().forEach((name, sum) -> System.out.println(name + ": " + sum));
        System.out.println("seconds from SIGTERM to exit: " + outcome.exitSeconds());
        System.out.println("exit statuses: " + outcome.statuses());
        System.out.println("failed or reset: " + outcome.failures().size());
        outcome.failures().forEach(System.out::println);
        System.exit(outcome.failures().isEmpty() ? 0 : 1);
    }

    private Outcome run() {
        List<Gateway> gateways = new ArrayList<>();
        try (TestUpstream upstream = TestUpstream.start("up").keep(false);
                HaProxy balancer = new HaProxy(haproxy, GATEWAYS + 1)) {
            for (int i = 0; i < GATEWAYS; i++) {
                gateways.add(launch(upstream));
            }
            for (int i = 0; i < GATEWAYS; i++) {
                balancer.serve(i, gateways.get(i).awaitReady().port());
            }
            try (SteadyClients clients = clients(balancer)) {
                awaitTraffic(clients);
                replaceAll(gateways, upstream, balancer, clients);
                awaitTraffic(clients);
                clients.close();
                return new Outcome(clients.counts(), clients.failures(), exitSeconds, statuses);
            }
        } finally {
            gateways.forEach(Gateway::close);
        }
    }

    private static SteadyClients clients(HaProxy balancer) {
        return new SteadyClients()
                .http1(balancer.layer7Port(), 4)
                .http1(balancer.layer4Port(), 4)
                .http2(balancer.layer4Port(), 2)
                .events(balancer.layer7Port(), 1)
                .events(balancer.layer4Port(), 1)
                .webSockets(balancer.layer7Port(), 1)
                .webSockets(balancer.layer4Port(), 1);
    }

    private static void awaitTraffic(SteadyClients clients) {
        long before = clients.count("http1 requests");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> clients.count("http1 requests") > before + 200);
    }

    /** A slot more than gateways: the new one takes the free slot, the old one frees its own. */
    private void replaceAll(
            List<Gateway> gateways,
            TestUpstream upstream,
            HaProxy balancer,
            SteadyClients clients) {
        int free = GATEWAYS;
        int[] slots = {0, 1, 2};
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < GATEWAYS; i++) {
                Gateway fresh = launch(upstream);
                Gateway old = gateways.set(i, fresh);
                balancer.serve(free, fresh.awaitReady().port());
                end(old);
                int left = slots[i];
                slots[i] = free;
                free = left;
            }
            log.accept(
                    "round %d of %d: %d failed or reset"
                            .formatted(round + 1, rounds, clients.failures().size()));
        }
    }

    private void end(Gateway old) {
        long term = System.nanoTime();
        old.terminate();
        statuses.add(old.awaitExit(EXIT));
        double seconds = (System.nanoTime() - term) / 1e9;
        exitSeconds.add(Double.valueOf(String.format(Locale.ROOT, "%.1f", seconds)));
        if (!old.log().contains(" 0 cut")) {
            throw new AssertionError("requests were cut:\n" + old.log());
        }
    }

    private static Gateway launch(TestUpstream upstream) {
        String yaml =
                """
                server.http2.enabled: true
                logging.level.sluice.access: "OFF"
                spring.cloud.gateway.server.webflux.routes:
                  - { id: all, uri: "lb://up", predicates: [ "Path=/**" ] }
                sluice.upstreams.up.instances: [ { uri: "%s" } ]
                """;
        return Gateway.launch(yaml.formatted(upstream.uri()), Map.of());
    }
}
