package io.sluice.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HistogramTest {

    private static final double[] BOUNDS = {1, 10, 100};

    private static Histogram of(double total, double... counts) {
        return new Histogram(BOUNDS, counts, total);
    }

    @Test
    void quantile_insideABucket_isInterpolated() {
        Histogram ten = of(10, 0, 10, 10);

        assertThat(ten.quantile(0.5).orElseThrow()).isCloseTo(1 + 9 * 0.5, within(1e-9));
        assertThat(ten.quantile(1).orElseThrow()).isCloseTo(10, within(1e-9));
        assertThat(of(4, 4, 4, 4).quantile(0.5).orElseThrow()).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void quantile_aboveTheLastBound_isThatBound() {
        assertThat(of(10, 0, 0, 5).quantile(0.99)).hasValue(100);
    }

    @Test
    void quantile_ofNothing_isEmpty() {
        assertThat(of(0, 0, 0, 0).quantile(0.5)).isEmpty();
        assertThat(Histogram.EMPTY.quantile(0.5)).isEmpty();
        assertThat(new Histogram(new double[0], new double[0], 5).quantile(0.5)).isEmpty();
    }

    @Test
    void since_anEarlierReading_isWhatCameBetween() {
        Histogram between = of(10, 2, 7, 10).since(of(4, 2, 3, 4));

        assertThat(between.total()).isEqualTo(6);
        assertThat(between.counts()).containsExactly(0, 4, 6);
    }

    @Test
    void since_countersThatBeganAnew_isAllOfThem() {
        Histogram now = of(3, 1, 2, 3);

        assertThat(now.since(of(10, 2, 7, 10))).isSameAs(now);
        assertThat(now.since(Histogram.EMPTY)).isSameAs(now);
    }

    @Test
    void plus_another_addsUp_andOfOtherBoundsIsLeftOut() {
        Histogram sum = of(3, 1, 2, 3).plus(of(2, 0, 1, 2));

        assertThat(sum.total()).isEqualTo(5);
        assertThat(sum.counts()).containsExactly(1, 3, 5);
        assertThat(sum.plus(new Histogram(new double[] {1}, new double[] {9}, 9))).isSameAs(sum);
        assertThat(Histogram.EMPTY.plus(sum)).isSameAs(sum);
    }
}
