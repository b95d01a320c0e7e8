package io.sluice.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.health.OutlierStatus.Phase;
import io.sluice.health.ProbeState.Verdict;
import io.sluice.upstream.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthViewTest {

    private static final long ADDED = 10;

    @Test
    void of_noWitness_isInServiceSinceItWasAdded() {
        assertThat(HealthView.of(ADDED, null, null))
                .isEqualTo(new HealthView(true, ADDED, "in service"));
    }

    @Test
    void of_nobodyObjects_isUsableSinceTheLaterFinding() {
        OutlierStatus back = OutlierStatus.inService(40, 1);
        assertThat(HealthView.of(ADDED, probe(Verdict.HEALTHY, 30), null))
                .isEqualTo(new HealthView(true, 30, "healthy"));
        assertThat(HealthView.of(ADDED, probe(Verdict.HEALTHY, 30), back))
                .isEqualTo(new HealthView(true, 40, "healthy"));
        assertThat(HealthView.of(ADDED, null, back))
                .isEqualTo(new HealthView(true, 40, "in service"));
        assertThat(HealthView.of(50, probe(Verdict.UNKNOWN, 30), back))
                .isEqualTo(new HealthView(true, 50, "not yet probed"));
    }

    @Test
    void of_probeObjects_saysWhatItSaw() {
        assertThat(HealthView.of(ADDED, probe(Verdict.UNHEALTHY, 30), null))
                .isEqualTo(new HealthView(false, 30, "unhealthy: status 503"));
        assertThat(
                        HealthView.of(
                                ADDED,
                                probe(Verdict.UNHEALTHY, 30),
                                OutlierStatus.inService(ADDED, 0)))
                .isEqualTo(new HealthView(false, 30, "unhealthy: status 503"));
    }

    @Test
    void of_bothObject_isOutSinceTheFirstObjection() {
        OutlierStatus early = OutlierStatus.ejected(20, 100, 1, Outcome.TIMEOUT);
        OutlierStatus late = OutlierStatus.ejected(40, 100, 1, Outcome.TIMEOUT);
        assertThat(HealthView.of(ADDED, probe(Verdict.UNHEALTHY, 30), early).sinceNanos())
                .isEqualTo(20);
        assertThat(HealthView.of(ADDED, probe(Verdict.UNHEALTHY, 30), late).sinceNanos())
                .isEqualTo(30);
    }

    @ParameterizedTest
    @CsvSource({
        "CONNECT_ERROR, 'ejected: failures in a row, the last: no connection'",
        "TIMEOUT, 'ejected: failures in a row, the last: no answer in time'",
        "BROKEN, 'ejected: failures in a row, the last: broken answer'",
        "SERVER_ERROR, 'ejected: failures in a row, the last: status 5xx'",
        "SUCCESS, ejected: failures in a row",
        ", ejected: failures in a row"
    })
    void of_ejected_saysWhy(Outcome cause, String reason) {
        HealthView view =
                HealthView.of(
                        ADDED,
                        probe(Verdict.HEALTHY, 15),
                        OutlierStatus.ejected(20, 100, 1, cause));
        assertThat(view).isEqualTo(new HealthView(false, 20, reason));
    }

    @ParameterizedTest
    @CsvSource({
        "TRIAL_OPEN, true, 'ejection over, waiting for a trial request'",
        "TRIAL_OUT, false, on trial",
        "GONE, false, removed"
    })
    void of_otherPhases_areNamed(Phase phase, boolean usable, String reason) {
        OutlierStatus status = OutlierStatus.ejected(20, 100, 1, Outcome.TIMEOUT).to(phase, 60);
        assertThat(HealthView.of(ADDED, null, status))
                .isEqualTo(new HealthView(usable, 60, reason));
    }

    private static ProbeState probe(Verdict verdict, long since) {
        return new ProbeState(verdict, 0, since, verdict == Verdict.HEALTHY ? "" : "status 503");
    }
}
