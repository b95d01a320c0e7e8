package io.sluice.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutboxTest {

    private final List<Integer> taken = new CopyOnWriteArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    private static Outbox.Settings settings(int capacity, int batch, Duration flush) {
        return new Outbox.Settings("outbox-test", capacity, batch, Duration.ofMillis(1), flush);
    }

    private static Outbox.Settings patient(int capacity, int batch) {
        return settings(capacity, batch, Duration.ofSeconds(30));
    }

    /** Takes the first item and then nothing until {@link #goOn}. */
    private void hang(List<Integer> batch) {
        begun.countDown();
        await(goOn);
        taken.addAll(batch);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void offer_many_sinkGetsAllInOrderInBatches() {
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        Outbox<Integer> outbox =
                new Outbox<Integer>(
                                patient(1000, 10),
                                batch -> {
                                    sizes.add(batch.size());
                                    taken.addAll(batch);
                                })
                        .start();

        for (int i = 0; i < 1000; i++) {
            assertThat(outbox.offer(i)).isTrue();
        }
        outbox.close();

        assertThat(taken).isEqualTo(IntStream.range(0, 1000).boxed().toList());
        assertThat(sizes).allMatch(size -> size >= 1 && size <= 10);
        assertThat(outbox.dropped()).isZero();
    }

    @Test
    void offer_sinkHangs_dropsAndCountsWhatDoesNotFit() {
        Outbox<Integer> outbox = new Outbox<Integer>(patient(4, 1), this::hang).start();
        outbox.offer(0);
        await(begun);

        List<Boolean> answers = new ArrayList<>();
        for (int i = 1; i <= 7; i++) {
            answers.add(outbox.offer(i));
        }

        assertThat(answers).containsExactly(true, true, true, true, false, false, false);
        assertThat(outbox.dropped()).isEqualTo(3);
        goOn.countDown();
        outbox.close();
        assertThat(taken).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void close_sinkHangs_returnsAndCountsWhatWaited() {
        Outbox<Integer> outbox =
                new Outbox<Integer>(settings(4, 1, Duration.ofMillis(50)), this::hang).start();
        outbox.offer(0);
        await(begun);
        outbox.offer(1);
        outbox.offer(2);

        outbox.close();

        assertThat(outbox.dropped()).isEqualTo(2);
        goOn.countDown();
    }

    @Test
    void close_whileInterrupted_returnsAtOnceAndStaysInterrupted() {
        Outbox<Integer> outbox = new Outbox<Integer>(patient(4, 1), this::hang).start();
        outbox.offer(0);
        await(begun);

        Thread.currentThread().interrupt();
        outbox.close();

        assertThat(Thread.interrupted()).isTrue();
        goOn.countDown();
    }

    @Test
    void offer_closed_isDropped() {
        Outbox<Integer> outbox = new Outbox<Integer>(patient(4, 1), taken::addAll).start();
        outbox.close();

        assertThat(outbox.offer(1)).isFalse();
        assertThat(outbox.dropped()).isEqualTo(1);
        assertThat(taken).isEmpty();
    }

    @Test
    void sink_throws_batchCountsAsDroppedAndTheNextIsTaken() {
        Outbox<Integer> outbox =
                new Outbox<Integer>(
                                patient(10, 1),
                                batch -> {
                                    if (batch.contains(1)) {
                                        throw new IllegalStateException();
                                    }
                                    taken.addAll(batch);
                                })
                        .start();

        for (int i = 0; i < 3; i++) {
            outbox.offer(i);
        }
        outbox.close();

        assertThat(taken).containsExactly(0, 2);
        assertThat(outbox.dropped()).isEqualTo(1);
    }

    @Test
    void offer_manyThreads_everyItemIsTakenOrCounted() throws InterruptedException {
        AtomicLong sum = new AtomicLong();
        Outbox<Integer> outbox =
                new Outbox<Integer>(patient(64, 8), batch -> sum.addAndGet(batch.size())).start();
        int threads = 4;
        int each = 20_000;
        AtomicLong accepted = new AtomicLong();
        List<Thread> producers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Thread producer =
                    new Thread(
                            () -> {
                                for (int i = 0; i < each; i++) {
                                    if (outbox.offer(i)) {
                                        accepted.incrementAndGet();
                                    }
                                }
                            });
            producers.add(producer);
            producer.start();
        }
        for (Thread producer : producers) {
            producer.join();
        }
        outbox.close();

        assertThat(sum.get()).isEqualTo(accepted.get()).isPositive();
        assertThat(outbox.dropped()).isEqualTo((long) threads * each - accepted.get());
    }
}
