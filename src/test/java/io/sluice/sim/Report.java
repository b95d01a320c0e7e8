package io.sluice.sim;

import java.util.List;
import java.util.Locale;

/** The part of {@code docs/balancing.md} that the simulator writes. */
final class Report {

    private final StringBuilder out = new StringBuilder();

    String goals(List<Goal> goals) {
        add("| goal | limit | measured | |");
        add("|---|---|---|---|");
        for (Goal goal : goals) {
            add(
                    "| %s | %s %s | %s | %s |",
                    goal.what(),
                    goal.atMost() ? "≤" : "≥",
                    figure(goal, goal.limit()),
                    figure(goal, goal.measured()),
                    goal.met() ? "met" : "**not met**");
        }
        add("");
        return out.toString();
    }

    /**
     * @param results of one scenario
     */
    String scenario(List<Result> results) {
        Scenario scenario = results.get(0).scenario();
        boolean marked = results.get(0).anyMarked();
        boolean failing = results.stream().anyMatch(r -> r.failed() > 0);
        add("### %s", scenario.title());
        add("");
        add("%s", scenario.says());
        add("");
        add("![%s](balancing/%s.svg)", scenario.title(), scenario.name());
        add("");
        add(
                "| algorithm | p50 ms | p99 ms | p99.9 ms | under 1 s |%s least–most loaded |%s",
                failing ? " failed |" : "", marked ? " marked ones' part |" : "");
        add("|---|---:|---:|---:|---:|%s---:|%s", failing ? "---:|" : "", marked ? "---:|" : "");
        for (Result result : results) {
            add(
                    "| %s | %s | %s | %s | %s |%s %.2f–%.2f |%s",
                    result.contender().name(),
                    millis(result.millis(0.5)),
                    millis(result.millis(0.99)),
                    millis(result.millis(0.999)),
                    percent(result.within(1000)),
                    failing ? " " + percent(result.failedShare()) + " |" : "",
                    result.leastShare(),
                    result.mostShare(),
                    marked ? " " + percent(result.markedPart()) + " |" : "");
        }
        add("");
        return out.toString();
    }

    private static String figure(Goal goal, double value) {
        return goal.limit() < 1 ? percent(value) : format(value < 10 ? "%.3f" : "%.1f", value);
    }

    private static String millis(double value) {
        return format(value < 10 ? "%.2f" : value < 1000 ? "%.1f" : "%,.0f", value);
    }

    private static String percent(double value) {
        if (value == 0 || value == 1) {
            return value == 0 ? "0 %" : "100 %";
        }
        return format(value > 0.98 || value < 0.02 ? "%.3f %%" : "%.1f %%", value * 100);
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private void add(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
