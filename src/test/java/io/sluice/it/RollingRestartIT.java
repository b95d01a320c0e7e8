package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** One round of {@link RollingRestart}; {@code bench/rolling-restart} does ten. */
class RollingRestartIT {

    @Test
    void rollingRestart_underSteadyLoad_failsAndResetsNothing() {
        RollingRestart.Outcome outcome =
                RollingRestart.run(Tools.need("haproxy"), 1, System.out::println);

        assertThat(outcome.failures()).isEmpty();
        assertThat(outcome.statuses()).hasSize(3).allMatch(status -> status == 0 || status == 143);
        // Every kind of client was moved at least once, and said why.
        assertThat(outcome.counts())
                .containsKeys(
                        "http1 connections left as told",
                        "http2 connections left as told",
                        "sse connections left as told",
                        "websocket connections left as told");
    }
}
