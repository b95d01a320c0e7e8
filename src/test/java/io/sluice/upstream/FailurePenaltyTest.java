package io.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FailurePenaltyTest {

    private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void nanos_withoutRetryAfter_isFiveSecondsForFailuresAlone(Outcome outcome) {
        long expected = outcome.failure() ? Duration.ofSeconds(5).toNanos() : 0;

        assertThat(FailurePenalty.nanos(outcome)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 5",
                "5 | 5",
                "6 | 6",
                "' 30 ' | 30",
                "300 | 300",
                "301 | 300",
                "999999999 | 300",
                "99999999999999999999 | 300",
                "-30 | 5",
                "soon | 5",
                "'' | 5",
                "1.5 | 5",
                "Tue, 24 Nov 2026 08:01:00 GMT | 60",
                "Tue, 24 Nov 2026 07:59:00 GMT | 5",
                "Tue, 24 Nov 2026 09:00:00 GMT | 300",
                "Tue, 24 Nov 2026 08:61:00 GMT | 5"
            })
    void nanos_retryAfter_isWhatIsAskedWithinBounds(String retryAfter, long seconds) {
        assertThat(FailurePenalty.nanos(Outcome.SERVER_ERROR, retryAfter, NOW))
                .isEqualTo(Duration.ofSeconds(seconds).toNanos());
    }

    @ParameterizedTest
    @EnumSource(
            value = Outcome.class,
            names = {"SUCCESS", "CANCELLED"})
    void nanos_retryAfterOfNoFailure_isNothing(Outcome outcome) {
        assertThat(FailurePenalty.nanos(outcome, "30", NOW)).isZero();
    }
}
