package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadlinesTest {

    private static final long LIMIT = 25_000_000;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - LIMIT / 2);
    private final Deadlines deadlines = new Deadlines(Duration.ofNanos(LIMIT), nanos::get);

    private CompletableFuture<String> begin() {
        CompletableFuture<String> call = new CompletableFuture<>();
        deadlines.begin(call);
        return call;
    }

    @Test
    void sweep_nothingBegun_hasNothingToWaitFor() {
        assertThat(deadlines.sweep()).isEqualTo(Deadlines.NONE);
    }

    @Test
    void sweep_overAndNotOver_failsWhatIsOver() {
        CompletableFuture<String> early = begin();
        nanos.addAndGet(LIMIT - 1);
        CompletableFuture<String> late = begin();
        assertThat(deadlines.sweep()).isEqualTo(1);
        assertThat(early).isNotDone();
        nanos.addAndGet(1);
        assertThat(deadlines.sweep()).isEqualTo(LIMIT - 1);
        assertThat(early).isCompletedExceptionally();
        assertThat(late).isNotDone();
        nanos.addAndGet(LIMIT);
        assertThat(deadlines.sweep()).isEqualTo(Deadlines.NONE);
        assertThat(late).isCompletedExceptionally();
    }

    @Test
    void sweep_answered_isLeftAsItIs() {
        CompletableFuture<String> call = begin();
        call.complete("answer");
        assertThat(deadlines.sweep()).isEqualTo(Deadlines.NONE);
        nanos.addAndGet(LIMIT);
        deadlines.failAll("over");
        assertThat(call).isCompletedWithValue("answer");
    }

    @Test
    void failAll_underWay_failsAllAtOnce() {
        CompletableFuture<String> one = begin();
        CompletableFuture<String> two = begin();
        two.complete("answer");
        deadlines.failAll("over");
        assertThat(one).isCompletedExceptionally();
        assertThat(deadlines.sweep()).isEqualTo(Deadlines.NONE);
    }

    @Test
    void failAll_some_leavesTheOthers() {
        CompletableFuture<String> one = begin();
        CompletableFuture<String> two = begin();
        deadlines.failAll(call -> call == two, "over");
        assertThat(one).isNotDone();
        assertThat(two).isCompletedExceptionally();
        assertThat(deadlines.sweep()).isEqualTo(LIMIT);
    }

    @Test
    void begin_tellsWhenItEnds() {
        assertThat(deadlines.begin(new CompletableFuture<>()) - nanos.get()).isEqualTo(LIMIT);
    }
}
