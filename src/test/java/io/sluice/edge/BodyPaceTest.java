package io.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BodyPaceTest {

    private final BodyPace pace = new BodyPace(3, 10);

    private boolean ticks(int count, boolean waiting) {
        boolean slow = false;
        for (int i = 0; i < count; i++) {
            slow |= pace.tooSlow(waiting);
        }
        return slow;
    }

    @Test
    void tooSlow_beforeTheWindowEnds_isFalse() {
        assertThat(ticks(2, true)).isFalse();
    }

    @Test
    void tooSlow_windowWithTooLittle_isTrue() {
        pace.received(9);
        assertThat(ticks(3, true)).isTrue();
    }

    @Test
    void tooSlow_windowWithEnough_startsAnother() {
        pace.received(10);
        assertThat(ticks(3, true)).isFalse();
        assertThat(ticks(3, true)).isTrue();
    }

    @Test
    void tooSlow_nobodyWaits_timeStandsStill() {
        assertThat(ticks(100, false)).isFalse();
        assertThat(ticks(2, true)).isFalse();
        assertThat(ticks(1, true)).isTrue();
    }
}
