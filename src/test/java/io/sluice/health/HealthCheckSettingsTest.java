package io.sluice.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HealthCheckSettingsTest {

    private static final String PREFIX = "sluice.upstreams.a.health-check";
    private static final Duration FIVE = Duration.ofSeconds(5);
    private static final Duration ONE = Duration.ofSeconds(1);

    @Test
    void of_goodValues_areTaken() {
        HealthCheckSettings settings =
                HealthCheckSettings.of(PREFIX, "/healthz?deep=1", FIVE, ONE, 3, 2, "200-399");
        assertThat(settings.path()).isEqualTo("/healthz?deep=1");
        assertThat(settings.interval()).isEqualTo(FIVE);
        assertThat(settings.timeout()).isEqualTo(ONE);
        assertThat(settings.unhealthyThreshold()).isEqualTo(3);
        assertThat(settings.healthyThreshold()).isEqualTo(2);
        assertThat(settings.expectedStatus()).hasToString("200-399");
    }

    @ParameterizedTest
    @CsvSource({
        "healthz, PT5S, PT1S, 3, 2, 200, path: healthz (expected: a path such as /healthz)",
        "/a b, PT5S, PT1S, 3, 2, 200, path: /a b (expected: a path such as /healthz)",
        "/a#b, PT5S, PT1S, 3, 2, 200, path: /a#b (expected: a path such as /healthz)",
        "/\u00e9, PT5S, PT1S, 3, 2, 200, path: /\u00e9 (expected: a path such as /healthz)",
        "/h, PT0S, PT1S, 3, 2, 200, 'interval: PT0S (expected: a duration of 10ms to 1h, such as"
                + " 5s)'",
        "/h, PT2H, PT1S, 3, 2, 200, 'interval: PT2H (expected: a duration of 10ms to 1h, such as"
                + " 5s)'",
        "/h, PT5S, PT0S, 3, 2, 200, 'timeout: PT0S (expected: a duration of 10ms to 1h, such as"
                + " 5s)'",
        "/h, PT5S, PT6S, 3, 2, 200, 'timeout: PT6S (expected: at most the interval, PT5S)'",
        "/h, PT5S, PT1S, 0, 2, 200, unhealthy-threshold: 0 (expected: 1 to 100)",
        "/h, PT5S, PT1S, 3, 101, 200, healthy-threshold: 101 (expected: 1 to 100)",
        "/h, PT5S, PT1S, 3, 2, 2xx, 'expected-status: 2xx (expected: statuses of 100 to 599, such"
                + " as 200-399 or 200,204)'"
    })
    void of_badValue_namesPropertyValueAndExpectation(
            String path,
            Duration interval,
            Duration timeout,
            int unhealthy,
            int healthy,
            String status,
            String message) {
        assertThatThrownBy(
                        () ->
                                HealthCheckSettings.of(
                                        PREFIX, path, interval, timeout, unhealthy, healthy,
                                        status))
                .isInstanceOf(SettingException.class)
                .hasMessage(PREFIX + "." + message);
    }

    @ParameterizedTest
    @CsvSource({
        "200-399, 200, true",
        "200-399, 399, true",
        "200-399, 199, false",
        "200-399, 400, false",
        "204, 204, true",
        "204, 200, false",
        "'200, 204, 300-308', 204, true",
        "'200, 204, 300-308', 308, true",
        "'200, 204, 300-308', 299, false"
    })
    void statusRanges_contains_asWritten(String text, int status, boolean contained) {
        StatusRanges ranges = StatusRanges.parse(text);
        assertThat(ranges).isNotNull();
        assertThat(ranges.contains(status)).isEqualTo(contained);
    }

    @Test
    void statusRanges_text_isWhatWasRead() {
        assertThat(StatusRanges.parse("200 , 300 - 308")).hasToString("200,300-308");
        assertThat(StatusRanges.SUCCESS_OR_REDIRECT).hasToString("200-399");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", ",", "200,", "99", "600", "399-200", "2000", "+20", "2xx", "200-", "-200"
            })
    void statusRanges_notAStatus_isNull(String text) {
        assertThat(StatusRanges.parse(text)).isNull();
    }
}
