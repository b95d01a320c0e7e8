package io.sluice.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutlierSettingsTest {

    private static final String PREFIX = "sluice.upstreams.a.outlier-detection";

    @Test
    void defaults_areTheContracts() {
        assertThat(OutlierSettings.of(PREFIX, 5, Duration.ofSeconds(30), 50))
                .isEqualTo(OutlierSettings.DEFAULT);
        assertThat(OutlierSettings.DEFAULT.maxEjection()).isEqualTo(Duration.ofSeconds(300));
    }

    @ParameterizedTest
    @CsvSource({"1, 30", "2, 60", "3, 120", "4, 240", "5, 300", "6, 300", "1000000, 300"})
    void ejectionNanos_times_doublesToTheCap(int times, int seconds) {
        assertThat(OutlierSettings.DEFAULT.ejectionNanos(times))
                .isEqualTo(Duration.ofSeconds(seconds).toNanos());
    }

    @ParameterizedTest
    @CsvSource({
        "0, PT30S, 50, consecutive-failures: 0 (expected: >= 1)",
        "5, PT0S, 50, base-ejection: PT0S (expected: a duration of 1ms to 300s)",
        "5, PT301S, 50, base-ejection: PT5M1S (expected: a duration of 1ms to 300s)",
        "5, PT30S, 0, max-ejected-percent: 0 (expected: 1 to 100)",
        "5, PT30S, 101, max-ejected-percent: 101 (expected: 1 to 100)"
    })
    void of_outOfRange_isRefused(int failures, Duration base, int percent, String message) {
        assertThatThrownBy(() -> OutlierSettings.of(PREFIX, failures, base, percent))
                .isInstanceOf(SettingException.class)
                .hasMessage(PREFIX + "." + message);
    }

    @ParameterizedTest
    @CsvSource({
        "0, PT30S, PT5M, 50, consecutiveFailures: 0 (expected: >= 1)",
        "5, PT0S, PT5M, 50, baseEjection: PT0S (expected: > 0 and <= PT5M)",
        "5, -PT1S, PT5M, 50, baseEjection: PT-1S (expected: > 0 and <= PT5M)",
        "5, PT6M, PT5M, 50, baseEjection: PT6M (expected: > 0 and <= PT5M)",
        "5, PT30S, PT5M, 0, maxEjectedPercent: 0 (expected: 1 to 100)",
        "5, PT30S, PT5M, 101, maxEjectedPercent: 101 (expected: 1 to 100)"
    })
    void new_outOfRange_isRefused(
            int failures, Duration base, Duration max, int percent, String message) {
        assertThatThrownBy(() -> new OutlierSettings(failures, base, max, percent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
