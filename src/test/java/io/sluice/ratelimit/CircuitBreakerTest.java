package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

    private static final long PROBE = Duration.ofMillis(250).toNanos();

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - PROBE / 2);
    private final List<Boolean> changes = new ArrayList<>();
    private final CircuitBreaker breaker =
            new CircuitBreaker(5, Duration.ofNanos(PROBE), nanos::get, changes::add);

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.failed();
        }
    }

    @Test
    void failed_fewerThanTheThreshold_staysClosed() {
        fail(4);
        breaker.succeeded();
        fail(4);
        assertThat(breaker.probeIsDue()).isFalse();
        assertThat(breaker.isOpen()).isFalse();
        assertThat(changes).isEmpty();
    }

    @Test
    void failed_threshold_opensOnce() {
        fail(4);
        assertThat(breaker.failed()).isTrue();
        assertThat(breaker.failed()).isFalse();
        assertThat(breaker.isOpen()).isTrue();
        assertThat(breaker.probeIsDue()).isFalse();
        assertThat(changes).containsExactly(true);
    }

    @Test
    void probeIsDue_open_onceAnInterval() {
        fail(5);
        nanos.addAndGet(PROBE - 1);
        assertThat(breaker.probeIsDue()).isFalse();
        nanos.addAndGet(1);
        assertThat(breaker.probeIsDue()).isTrue();
        assertThat(breaker.probeIsDue()).isFalse();
        breaker.failed();
        nanos.addAndGet(PROBE);
        assertThat(breaker.probeIsDue()).isTrue();
        assertThat(changes).containsExactly(true);
    }

    @Test
    void succeeded_open_closes() {
        fail(5);
        nanos.addAndGet(PROBE);
        assertThat(breaker.probeIsDue()).isTrue();
        breaker.succeeded();
        breaker.succeeded();
        assertThat(breaker.isOpen()).isFalse();
        assertThat(changes).containsExactly(true, false);
    }

    @Test
    void threshold_zero_isRefused() {
        assertThatThrownBy(() -> new CircuitBreaker(0, Duration.ZERO, nanos::get, changes::add))
                .hasMessageContaining("threshold: 0");
    }
}
