package io.sluice.health;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A set of HTTP statuses, written as {@code 200-399} or {@code 200,204,300-308}. Immutable. */
public final class StatusRanges {

    private record Range(int from, int to) {}

    /** What a health check expects unless told otherwise. */
    public static final StatusRanges SUCCESS_OR_REDIRECT =
            new StatusRanges(List.of(new Range(200, 399)));

    private final List<Range> ranges;

    private StatusRanges(List<Range> ranges) {
        this.ranges = List.copyOf(ranges);
    }

    /** Reads the text; {@code null} unless every part is a status or range of 100 to 599. */
    public static @Nullable StatusRanges parse(String text) {
        List<Range> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String trimmed = part.strip();
            int dash = trimmed.indexOf('-');
            int from = status(dash < 0 ? trimmed : trimmed.substring(0, dash).strip());
            int to = dash < 0 ? from : status(trimmed.substring(dash + 1).strip());
            if (from < 0 || to < from) {
                return null;
            }
            ranges.add(new Range(from, to));
        }
        return new StatusRanges(ranges);
    }

    private static int status(String digits) {
        boolean plain = digits.length() == 3 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        int value = plain ? Integer.parseInt(digits) : -1;
        return value >= 100 && value <= 599 ? value : -1;
    }

    public boolean contains(int status) {
        for (Range range : ranges) {
            if (status >= range.from && status <= range.to) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>(ranges.size());
        for (Range range : ranges) {
            parts.add(range.from == range.to ? "" + range.from : range.from + "-" + range.to);
        }
        return String.join(",", parts);
    }
}
