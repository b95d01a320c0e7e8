package io.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.edge.ConnectionPhases.Phase;
import org.junit.jupiter.api.Test;

class ConnectionPhasesTest {

    private final ConnectionPhases phases = new ConnectionPhases(10, 20, 100);

    @Test
    void left_newConnection_isTheFirstBytes() {
        assertThat(phases.phase()).isEqualTo(Phase.FIRST_BYTE);
        assertThat(phases.left(109)).isEqualTo(1);
        assertThat(phases.left(110)).isZero();
    }

    @Test
    void bytes_moreOfOneHead_winNoTime() {
        phases.bytes(105);
        phases.bytes(115);
        assertThat(phases.phase()).isEqualTo(Phase.HEAD);
        assertThat(phases.left(124)).isEqualTo(1);
    }

    @Test
    void head_untilTheAnswer_hasNoLimit() {
        phases.bytes(105);
        phases.head(106);
        phases.bytes(107);
        phases.bodyEnd(108);
        phases.bytes(109);
        assertThat(phases.left(1_000_000)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void bytes_afterTheAnswer_beginAnotherHead() {
        phases.bytes(105);
        phases.head(106);
        phases.bodyEnd(107);
        phases.responseEnd(200);
        assertThat(phases.phase()).isEqualTo(Phase.NONE);
        phases.bytes(300);
        assertThat(phases.left(310)).isEqualTo(10);
    }

    @Test
    void responseEnd_bodyStillOpen_limitsTheRest() {
        phases.bytes(105);
        phases.head(106);
        assertThat(phases.bodyOpen()).isTrue();
        phases.responseEnd(200);
        phases.bytes(210);
        assertThat(phases.phase()).isEqualTo(Phase.REST_OF_BODY);
        assertThat(phases.left(220)).isZero();
        phases.bodyEnd(221);
        assertThat(phases.phase()).isEqualTo(Phase.NONE);
        assertThat(phases.bodyOpen()).isFalse();
    }

    @Test
    void responseEnd_othersStillOwed_isNoNewHead() {
        phases.bytes(105);
        phases.head(106);
        phases.bodyEnd(106);
        phases.head(106);
        phases.bodyEnd(106);
        phases.responseEnd(200);
        phases.bytes(201);
        assertThat(phases.phase()).isEqualTo(Phase.NONE);
        phases.responseEnd(202);
        phases.responseEnd(203);
        phases.bytes(204);
        assertThat(phases.phase()).isEqualTo(Phase.HEAD);
    }

    @Test
    void responseEnd_bodyOpenOfOneThatIsStillOwed_hasNoLimit() {
        phases.head(106);
        phases.bodyEnd(106);
        phases.head(106);
        phases.responseEnd(200);
        assertThat(phases.phase()).isEqualTo(Phase.NONE);
        assertThat(phases.bodyOpen()).isTrue();
    }

    @Test
    void leave_otherProtocol_hasNoLimit() {
        phases.bytes(105);
        phases.head(106);
        phases.leave(107);
        phases.responseEnd(108);
        phases.bytes(109);
        assertThat(phases.left(1_000_000)).isEqualTo(Long.MAX_VALUE);
        assertThat(phases.bodyOpen()).isFalse();
    }
}
