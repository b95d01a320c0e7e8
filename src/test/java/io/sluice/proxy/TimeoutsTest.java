package io.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimeoutsTest {

    private static final Duration OK = Duration.ofSeconds(1);

    @Test
    void defaults_areTheContracts() {
        assertThat(Timeouts.DEFAULT)
                .isEqualTo(
                        new Timeouts(
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(60)));
    }

    @Test
    void of_inRange_isTaken() {
        Duration shortest = Duration.ofMillis(1);
        Duration longest = Duration.ofMillis(Integer.MAX_VALUE);
        assertThat(Timeouts.of("p", shortest, longest, OK))
                .isEqualTo(new Timeouts(shortest, longest, OK));
    }

    @Test
    void of_outOfRange_namesTheProperty() {
        assertThatThrownBy(() -> Timeouts.of("p.timeouts", Duration.ZERO, OK, OK))
                .isInstanceOf(SettingException.class)
                .hasMessage(
                        "p.timeouts.connect: PT0S (expected: a duration of 1ms to 24d, such as 2s)");
        assertThatThrownBy(() -> Timeouts.of("p.timeouts", OK, Duration.ofSeconds(-1), OK))
                .hasMessageStartingWith("p.timeouts.response: PT-1S");
        assertThatThrownBy(() -> Timeouts.of("p.timeouts", OK, OK, Duration.ofDays(25)))
                .hasMessageStartingWith("p.timeouts.idle: PT600H");
    }
}
