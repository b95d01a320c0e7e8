package io.sluice.sim;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One scenario as an SVG: on the left the response times on a logarithmic axis, on the right each
 * instance's share of the picks. It brings its own background and follows the reader's light or
 * dark setting.
 */
final class Chart {

    private static final int WIDTH = 860;
    private static final int ROW = 26;
    private static final int TOP = 46;
    private static final int LEFT_FROM = 216;
    private static final int LEFT_TO = 520;
    private static final int RIGHT_FROM = 560;
    private static final int RIGHT_TO = 840;
    private static final int MOST_DOTS = 100;

    private static final String STYLE =
            """
            <style>
            .b{fill:#fff}text{font:12px system-ui,sans-serif;fill:#24292f}.s{fill:#57606a;font-size:11px}
            .g{stroke:#d0d7de}.l{stroke:#0969da;stroke-width:2}.d{fill:#0969da}.h{fill:#fff;stroke:#0969da;stroke-width:1.5}
            .i{fill:#0969da;fill-opacity:.45}.m{fill:#cf222e;fill-opacity:.8}
            @media(prefers-color-scheme:dark){.b{fill:#0d1117}text{fill:#e6edf3}.s{fill:#9198a1}.g{stroke:#3d444d}
            .l{stroke:#4493f8}.d{fill:#4493f8}.h{fill:#0d1117;stroke:#4493f8}.i{fill:#4493f8}.m{fill:#ff7b72}}
            </style>
            """;

    private final List<Result> results;
    private final StringBuilder svg = new StringBuilder();
    private final double lowest;
    private final double highest;
    private final double mostShare;

    private Chart(List<Result> results) {
        this.results = results;
        double low = results.stream().mapToDouble(r -> r.millis(0.5)).min().orElseThrow();
        double high = results.stream().mapToDouble(r -> r.millis(0.999)).max().orElseThrow();
        this.lowest = Math.log10(low) - 0.1;
        this.highest = Math.max(Math.log10(high) + 0.1, lowest + 1);
        this.mostShare =
                Math.max(2, results.stream().mapToDouble(Result::mostShare).max().orElseThrow())
                        * 1.03;
    }

    static String of(List<Result> results) {
        Chart chart = new Chart(results);
        chart.draw();
        return chart.svg.toString();
    }

    private void draw() {
        int height = TOP + ROW * results.size() + 14;
        String title = results.get(0).scenario().title();
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">",
                WIDTH, height, WIDTH, height);
        add("<title>%s</title>", title);
        svg.append(STYLE);
        add("<rect class=\"b\" width=\"%d\" height=\"%d\"/>", WIDTH, height);
        text(LEFT_FROM, 16, "", "response time, ms: • p50 │ p99 ○ p99.9");
        text(RIGHT_FROM, 16, "", "picks of each instance, 1 = mean");
        grid(height - 10);
        for (int i = 0; i < results.size(); i++) {
            row(results.get(i), TOP + ROW * i + ROW / 2);
        }
        add("</svg>");
    }

    private void grid(int bottom) {
        for (int decade = -2; decade <= 6; decade++) {
            for (int step : new int[] {1, 2, 5}) {
                double value = step * Math.pow(10, decade);
                double at = Math.log10(value);
                if (at >= lowest && at <= highest && (step == 1 || highest - lowest < 2.5)) {
                    line(time(value), bottom, plain(value));
                }
            }
        }
        double step = mostShare > 5 ? 2 : mostShare > 2.5 ? 1 : 0.5;
        for (double share = 0; share <= mostShare; share += step) {
            line(share(share), bottom, plain(share));
        }
    }

    private void line(double x, int bottom, String label) {
        add("<path class=\"g\" d=\"M%.1f %dV%d\"/>", x, TOP - 8, bottom);
        add(
                "<text class=\"s\" text-anchor=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>",
                x, TOP - 14, label);
    }

    private void row(Result result, int y) {
        text(8, y + 4, "", result.contender().name());
        double p50 = time(result.millis(0.5));
        double p99 = time(result.millis(0.99));
        double p999 = time(result.millis(0.999));
        add("<path class=\"l\" d=\"M%.1f %dH%.1fM%.1f %dv10\"/>", p50, y, p999, p99, y - 5);
        add("<circle class=\"d\" cx=\"%.1f\" cy=\"%d\" r=\"4\"/>", p50, y);
        add("<circle class=\"h\" cx=\"%.1f\" cy=\"%d\" r=\"3.5\"/>", p999, y);
        dots(result, y);
    }

    private void dots(Result result, int y) {
        double[] shares = result.shares();
        if (shares.length > MOST_DOTS) {
            double[] sorted = shares.clone();
            Arrays.sort(sorted);
            for (int i = 0; i < MOST_DOTS; i++) {
                dot("i", sorted[i * (sorted.length - 1) / (MOST_DOTS - 1)], y);
            }
            return;
        }
        for (int i = 0; i < shares.length; i++) {
            dot(result.scenario().fleet().get(i).marked() ? "m" : "i", shares[i], y);
        }
    }

    private void dot(String style, double share, int y) {
        add("<circle class=\"%s\" cx=\"%.1f\" cy=\"%d\" r=\"4\"/>", style, share(share), y);
    }

    private double time(double millis) {
        double at = (Math.log10(millis) - lowest) / (highest - lowest);
        return LEFT_FROM + at * (LEFT_TO - LEFT_FROM);
    }

    private double share(double share) {
        return RIGHT_FROM + share / mostShare * (RIGHT_TO - RIGHT_FROM);
    }

    private void text(int x, int y, String style, String text) {
        add("<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>", style, x, y, text);
    }

    private static String plain(double value) {
        return value >= 1 && value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
