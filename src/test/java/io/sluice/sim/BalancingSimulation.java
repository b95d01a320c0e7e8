package io.sluice.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs every scenario with every contender and puts the figures into {@code docs/balancing.md},
 * between its two markers, and the charts beside it. Run it with {@code bench/balancing-sim}.
 *
 * <p>Arguments: the seed (default {@value #SEED}), then the documentation's directory.
 */
public final class BalancingSimulation {

    static final long SEED = 20261124;

    private static final String BEGIN = "<!-- figures: written by bench/balancing-sim -->\n";
    private static final String END = "<!-- end of figures -->\n";

    private BalancingSimulation() {}

    public static void main(String[] args) throws IOException {
        long seed = args.length > 0 ? Long.parseLong(args[0]) : SEED;
        Path docs = Path.of(args.length > 1 ? args[1] : "docs");
        Map<String, Result> done = new HashMap<>();
        StringBuilder scenarios = new StringBuilder();
        Files.createDirectories(docs.resolve("balancing"));
        for (Scenario scenario : Scenarios.ALL) {
            List<Result> results = new ArrayList<>();
            for (Contender contender : Contender.ALL) {
                long began = System.nanoTime();
                Result result = Simulation.run(scenario, contender, seed);
                results.add(result);
                done.put(key(scenario, contender), result);
                System.out.printf(
                        "%-20s %-32s %,9d requests, p99 %,10.2f ms, took %,5d ms%n",
                        scenario.name(),
                        contender.name(),
                        result.times().length,
                        result.millis(0.99),
                        (System.nanoTime() - began) / 1_000_000);
            }
            scenarios.append(new Report().scenario(results));
            Files.writeString(
                    docs.resolve("balancing").resolve(scenario.name() + ".svg"), Chart.of(results));
        }
        List<Goal> goals = Goal.of((scenario, contender) -> done.get(key(scenario, contender)));
        goals.forEach(System.out::println);
        write(
                docs.resolve("balancing.md"),
                "Seed " + seed + ".\n\n" + new Report().goals(goals) + "\n" + scenarios);
    }

    private static String key(Scenario scenario, Contender contender) {
        return scenario.name() + " " + contender.name();
    }

    private static void write(Path page, String figures) throws IOException {
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalStateException(page + " has no markers for the figures");
        }
        Files.writeString(
                page,
                text.substring(0, begin + BEGIN.length()) + "\n" + figures + text.substring(end));
    }
}
