package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BucketShapeTest {

    private static final long DAY = 86_400_000_000L;

    @Test
    void of_reduciblePeriod_isReduced() {
        assertThat(BucketShape.of(10, 10_000, DAY)).isEqualTo(new BucketShape(10, 1, 8_640_000));
    }

    @Test
    void of_oneAboveTheLargest_isRefused() {
        long largest = BucketShape.maxCapacity(7, 30 * DAY);
        assertThat(BucketShape.of(largest, 7, 30 * DAY).full())
                .isLessThanOrEqualTo(BucketShape.MAX);
        assertThatThrownBy(() -> BucketShape.of(largest + 1, 7, 30 * DAY))
                .hasMessageContaining("2^53");
    }

    @Test
    void of_nonsense_isRefused() {
        assertThatThrownBy(() -> BucketShape.of(1, 1, 0)).hasMessageContaining("period");
        assertThatThrownBy(() -> BucketShape.of(1, -1, 1)).hasMessageContaining("tokens");
        assertThatThrownBy(() -> BucketShape.of(-1, 1, 1)).hasMessageContaining("capacity: -1");
        assertThatThrownBy(() -> new BucketShape(1, -1, 1)).hasMessageContaining("gain");
        assertThatThrownBy(() -> new BucketShape(1, Long.MAX_VALUE, 1))
                .hasMessageContaining("gain");
        assertThatThrownBy(() -> new BucketShape(1, 1, 0)).hasMessageContaining("scale");
    }

    @Test
    void fillMicros_notWhole_isRoundedUp() {
        assertThat(BucketShape.of(1, 3, 1_000_000).fillMicros()).isEqualTo(333_334);
        assertThat(BucketShape.of(1, 0, 1).fillMicros()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void share_oneGateway_isTheWhole() {
        BucketShape shape = BucketShape.of(10, 1, 1_000_000);
        assertThat(shape.share(1, 1)).isSameAs(shape);
        assertThat(shape.share(0, 1)).isSameAs(shape);
    }

    @Test
    void share_severalGateways_dividesCapacityAndRate() {
        assertThat(BucketShape.of(100, 10, 1_000_000).share(4, 1))
                .isEqualTo(BucketShape.of(25, 10, 4_000_000));
    }

    @Test
    void share_moreGatewaysThanTokens_stillAdmitsARequest() {
        assertThat(BucketShape.of(5, 10, 1_000_000).share(100, 2).capacity()).isEqualTo(2);
    }

    @Test
    void share_atTheEdgeOfTheNumbers_staysWithinThem() {
        BucketShape shape = new BucketShape(1, 1, BucketShape.MAX);
        assertThat(shape.share(1000, 1)).isEqualTo(shape);
    }
}
