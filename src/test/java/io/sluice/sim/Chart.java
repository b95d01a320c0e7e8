package io.sluice.sim;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One scenario as an SVG: on the left the response times on a logarithmic axis, on the right how
 * the instances' shares of the picks are distributed. It brings its own background and follows the
 * reader's light or dark setting.
 */
final class Chart {

    private static final int WIDTH = 860;
    private static final int ROW = 26;
    private static final int TOP = 62;
    private static final int LEFT_FROM = 216;
    private static final int LEFT_TO = 520;
    private static final int RIGHT_FROM = 560;
    private static final int RIGHT_TO = 840;

    /** Columns of instances: how wide one is, and how high for one instance and for the most. */
    private static final int COLUMN = 4;

    private static final double LOWEST = 5;
    private static final double HIGHEST = 22;

    /** A row that has no more than this many instances in a column is not drawn to the full. */
    private static final int FEW = 4;

    private static final String STYLE =
            """
            <style>
            .b{fill:#fff}text{font:12px system-ui,sans-serif;fill:#24292f}.s{fill:#57606a;font-size:11px}
            .g{stroke:#d0d7de}.l{stroke:#0969da;stroke-width:2}.d{fill:#0969da}.h{fill:#fff;stroke:#0969da;stroke-width:1.5}
            .i{fill:#0969da}.m{fill:#cf222e}
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
        text(RIGHT_FROM, 31, "s", "taller: more instances");
        if (results.get(0).anyMarked()) {
            add("<rect class=\"m\" x=\"%d\" y=\"22\" width=\"8\" height=\"10\"/>", RIGHT_TO - 84);
            text(RIGHT_TO - 72, 31, "s", "slow or failing");
        }
        grid(height - 10);
        for (int i = 0; i < results.size(); i++) {
            row(results.get(i), TOP + ROW * i + ROW / 2);
        }
        add("</svg>");
    }

    private void grid(int bottom) {
        for (int decade = -2; decade <= 6; decade++) {
            for (int step : ticks()) {
                double value = step * Math.pow(10, decade);
                double at = Math.log10(value);
                if (at >= lowest && at <= highest) {
                    line(time(value), bottom, plain(value));
                }
            }
        }
        double step = mostShare > 5 ? 2 : mostShare > 2.5 ? 1 : 0.5;
        for (double share = 0; share <= mostShare; share += step) {
            line(share(share), bottom, plain(share));
        }
    }

    /** The marks of a decade: as many as leave room for their labels. */
    private int[] ticks() {
        double decades = highest - lowest;
        if (decades < 2.8) {
            return new int[] {1, 2, 5};
        }
        return decades < 4.5 ? new int[] {1, 3} : new int[] {1};
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
        columns(result, y);
    }

    /**
     * A column for every {@value #COLUMN} pixels of shares, the taller the more instances have such
     * a share; those marked are its upper part.
     */
    private void columns(Result result, int y) {
        double[] shares = result.shares();
        int[] all = new int[(RIGHT_TO - RIGHT_FROM) / COLUMN + 1];
        int[] marked = new int[all.length];
        for (int i = 0; i < shares.length; i++) {
            int column = (int) Math.round((share(shares[i]) - RIGHT_FROM) / COLUMN);
            all[column]++;
            marked[column] += result.scenario().fleet().get(i).marked() ? 1 : 0;
        }
        int most = Math.max(FEW, Arrays.stream(all).max().orElseThrow());
        for (int column = 0; column < all.length; column++) {
            if (all[column] > 0) {
                double height = LOWEST + (HIGHEST - LOWEST) * (all[column] - 1) / (most - 1);
                double upper = height * marked[column] / all[column];
                column("m", column, y - height / 2, upper);
                column("i", column, y - height / 2 + upper, height - upper);
            }
        }
    }

    private void column(String style, int column, double y, double height) {
        if (height > 0) {
            add(
                    "<rect class=\"%s\" x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"/>",
                    style, RIGHT_FROM + column * COLUMN - COLUMN / 2, y, COLUMN - 1, height);
        }
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
