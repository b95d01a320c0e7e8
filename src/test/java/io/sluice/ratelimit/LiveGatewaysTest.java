package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LiveGatewaysTest {

    private final LiveGateways live = new LiveGateways();

    @Test
    void count_neverHeard_isOne() {
        assertThat(live.getAsInt()).isEqualTo(1);
    }

    @Test
    void heard_count_isKept() {
        assertThat(live.heard(3, false, 0)).as("may have been reset before").isTrue();
        assertThat(live.getAsInt()).isEqualTo(3);
        assertThat(live.heard(0, true, 0)).isFalse();
        assertThat(live.getAsInt()).isEqualTo(1);
    }

    @Test
    void heard_resetOrLost_saysThatWhatIsKnownMayBeWrong() {
        live.heard(2, false, 7);
        assertThat(live.heard(2, true, 7)).isFalse();
        assertThat(live.heard(2, true, 8)).isTrue();
        assertThat(live.heard(2, false, 8)).isTrue();
    }
}
