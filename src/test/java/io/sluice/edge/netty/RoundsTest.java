package io.sluice.edge.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RoundsTest {

    @Test
    void look_thatThrows_stopsNobodyElsesLimit() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        Rounds rounds = new Rounds(System::nanoTime);
        AtomicInteger looks = new AtomicInteger();
        rounds.add(
                channel.eventLoop(),
                now -> {
                    throw new IllegalStateException("broken");
                });
        rounds.add(channel.eventLoop(), now -> looks.incrementAndGet());

        for (int round = 1; round <= 3; round++) {
            channel.advanceTimeBy(Rounds.PERIOD_MILLIS, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
            assertThat(looks).hasValue(round);
        }
    }
}
