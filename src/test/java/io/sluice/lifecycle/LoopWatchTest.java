package io.sluice.lifecycle;

import static io.sluice.lifecycle.LoopWatch.Look.ASK;
import static io.sluice.lifecycle.LoopWatch.Look.WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoopWatchTest {

    private final LoopWatch watch = new LoopWatch(2);

    @Test
    void look_loopThatAnswers_asksEveryTime() {
        for (int i = 0; i < 100; i++) {
            assertThat(watch.look()).isEqualTo(ASK);
            watch.answer(watch.question());
            assertThat(watch.stalled()).isFalse();
        }
    }

    @Test
    void stalled_openQuestion_afterMoreLooksThanThePatience() {
        assertThat(watch.look()).isEqualTo(ASK);
        assertThat(watch.look()).isEqualTo(WAIT);
        assertThat(watch.look()).isEqualTo(WAIT);
        assertThat(watch.stalled()).isFalse();
        assertThat(watch.look()).isEqualTo(WAIT);
        assertThat(watch.stalled()).isTrue();
    }

    @Test
    void stalled_lateAnswer_endsWithTheNextLook() {
        for (int i = 0; i < 10; i++) {
            watch.look();
        }
        assertThat(watch.stalled()).isTrue();
        watch.answer(watch.question());
        assertThat(watch.look()).isEqualTo(ASK);
        assertThat(watch.stalled()).isFalse();
    }

    @Test
    void answer_slowLoop_isForgivenEachTime() {
        for (int i = 0; i < 50; i++) {
            assertThat(watch.look()).isEqualTo(ASK);
            assertThat(watch.look()).isEqualTo(WAIT);
            assertThat(watch.look()).isEqualTo(WAIT);
            watch.answer(watch.question());
            assertThat(watch.stalled()).isFalse();
        }
    }
}
