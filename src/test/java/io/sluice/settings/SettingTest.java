package io.sluice.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SettingTest {

    @Test
    void exception_always_namesPropertyValueAndExpectation() {
        SettingException refused = new SettingException("sluice.zone", "", "a name");

        assertThat(refused).hasMessage("sluice.zone:  (expected: a name)");
        assertThat(refused.property()).isEqualTo("sluice.zone");
        assertThat(refused.value()).isEmpty();
        assertThat(refused.expected()).isEqualTo("a name");
    }

    @Test
    void atLeast_belowMinimum_isRefused() {
        assertThat(Setting.atLeast("p", 0, 0)).isZero();
        assertThat(Setting.atLeast("p", 5L, 1L)).isEqualTo(5);
        assertThatThrownBy(() -> Setting.atLeast("p", -1, 0)).hasMessage("p: -1 (expected: >= 0)");
        assertThatThrownBy(() -> Setting.atLeast("p", 0L, 1L)).hasMessage("p: 0 (expected: >= 1)");
    }

    @Test
    void between_outside_isRefusedAtBothEnds() {
        assertThat(Setting.between("p", 1, 1, 2)).isEqualTo(1);
        assertThatThrownBy(() -> Setting.between("p", 0, 1, 2)).hasMessageContaining("1 to 2");
        assertThatThrownBy(() -> Setting.between("p", 3, 1, 2)).hasMessageContaining("1 to 2");
    }

    @Test
    void durations_notLongEnough_areRefused() {
        assertThat(Setting.positive("p", Duration.ofNanos(1))).isEqualTo(Duration.ofNanos(1));
        assertThat(Setting.notNegative("p", Duration.ZERO)).isZero();
        assertThatThrownBy(() -> Setting.positive("p", Duration.ZERO)).hasMessageContaining("PT0S");
        assertThatThrownBy(() -> Setting.positive("p", Duration.ofSeconds(-1)))
                .hasMessageContaining("PT-1S");
        assertThatThrownBy(() -> Setting.notNegative("p", Duration.ofSeconds(-1)))
                .isInstanceOf(SettingException.class);
    }

    @Test
    void present_nothingOrBlank_isRefused() {
        assertThat(Setting.present("p", "x", "text")).isEqualTo("x");
        assertThatThrownBy(() -> Setting.present("p", null, "text")).hasMessageContaining("text");
        assertThatThrownBy(() -> Setting.present("p", " ", "text")).hasMessageContaining("text");
    }
}
