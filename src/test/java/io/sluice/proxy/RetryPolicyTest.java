package io.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.proxy.RetryPolicy.Failure;
import io.sluice.proxy.RetryPolicy.Progress;
import io.sluice.settings.SettingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {

    @ParameterizedTest
    @CsvSource({
        "GET,     1, CONNECT_ERROR, BODY_UNTOUCHED,   RETRY",
        "GET,     1, BROKEN,        BODY_UNTOUCHED,   RETRY",
        "HEAD,    1, BROKEN,        BODY_UNTOUCHED,   RETRY",
        "OPTIONS, 1, BROKEN,        BODY_UNTOUCHED,   RETRY",
        "PUT,     1, CONNECT_ERROR, BODY_UNTOUCHED,   RETRY",
        "DELETE,  1, CONNECT_ERROR, BODY_UNTOUCHED,   RETRY",
        "TRACE,   1, CONNECT_ERROR, BODY_UNTOUCHED,   RETRY",
        "GET,     2, CONNECT_ERROR, BODY_UNTOUCHED,   NO_ATTEMPTS_LEFT",
        "GET,     9, CONNECT_ERROR, BODY_UNTOUCHED,   NO_ATTEMPTS_LEFT",
        "POST,    1, CONNECT_ERROR, BODY_UNTOUCHED,   NOT_IDEMPOTENT",
        "PATCH,   1, BROKEN,        BODY_UNTOUCHED,   NOT_IDEMPOTENT",
        "get,     1, BROKEN,        BODY_UNTOUCHED,   NOT_IDEMPOTENT",
        "PUT,     1, BROKEN,        BODY_SENT,        BODY_SENT",
        "GET,     1, BROKEN,        RESPONSE_STARTED, RESPONSE_STARTED",
        "GET,     1, TIMEOUT,       BODY_UNTOUCHED,   NOT_WORTH_IT",
        "GET,     1, OTHER,         BODY_UNTOUCHED,   NOT_WORTH_IT"
    })
    void decide_failedAttempt_asTheContractSays(
            String method, int made, Failure failure, Progress progress, RetryVerdict verdict) {
        assertThat(RetryPolicy.DEFAULT.decide(method, made, failure, progress)).isEqualTo(verdict);
    }

    @Test
    void decide_never_hasNoAttemptLeft() {
        assertThat(
                        RetryPolicy.NEVER.decide(
                                "GET", 1, Failure.CONNECT_ERROR, Progress.BODY_UNTOUCHED))
                .isEqualTo(RetryVerdict.NO_ATTEMPTS_LEFT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10})
    void of_inRange_isTaken(int attempts) {
        assertThat(RetryPolicy.of("p.retry", attempts).attempts()).isEqualTo(attempts);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 11})
    void of_outOfRange_isRefused(int attempts) {
        assertThatThrownBy(() -> RetryPolicy.of("sluice.upstreams.a.retry", attempts))
                .isInstanceOf(SettingException.class)
                .hasMessage(
                        "sluice.upstreams.a.retry.attempts: " + attempts + " (expected: 1 to 10)");
    }

    @Test
    void new_noAttempt_isRefused() {
        assertThatThrownBy(() -> new RetryPolicy(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attempts: 0 (expected: >= 1)");
    }
}
