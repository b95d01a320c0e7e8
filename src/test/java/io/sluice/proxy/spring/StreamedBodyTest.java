package io.sluice.proxy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class StreamedBodyTest {

    private final NettyDataBufferFactory factory =
            new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);
    private final StreamedBody body = new StreamedBody();

    private Publisher<DataBuffer> held(ByteBuf buffer) {
        return body.held(Flux.just(factory.wrap(buffer)));
    }

    private static ByteBuf buffer() {
        return UnpooledByteBufAllocator.DEFAULT.buffer().writeByte('x');
    }

    @Test
    void end_groupsNobodyTook_areReleasedOnce() {
        ByteBuf one = buffer();
        ByteBuf other = buffer();
        held(one);
        held(other);

        body.end();
        body.end();

        assertThat(one.refCnt()).isZero();
        assertThat(other.refCnt()).isZero();
    }

    @Test
    void end_groupTaken_isTheTakers() {
        ByteBuf buffer = buffer();
        List<DataBuffer> taken = new ArrayList<>();
        Flux.from(held(buffer)).subscribe(taken::add);

        body.end();

        assertThat(taken).hasSize(1);
        assertThat(buffer.refCnt()).isEqualTo(1);
        buffer.release();
    }

    @Test
    void held_afterTheEnd_releasedAndEmpty() {
        body.end();
        ByteBuf late = buffer();

        Publisher<DataBuffer> group = held(late);

        assertThat(late.refCnt()).isZero();
        assertThat(Flux.from(group).collectList().block()).isEmpty();
    }

    @Test
    void end_groupThatMakesItsBuffersLater_isNotStarted() {
        AtomicInteger started = new AtomicInteger();
        body.held(
                Mono.fromCallable(
                        () -> {
                            started.incrementAndGet();
                            return factory.wrap(buffer());
                        }));

        body.end();

        assertThat(started).hasValue(0);
    }

    /** A client leaves while its buffers are on their way: each is released by one side only. */
    @Test
    void end_whileGroupsAreHandedOnAndTaken_everyBufferReleasedExactlyOnce() throws Exception {
        for (int round = 0; round < 200; round++) {
            StreamedBody streamed = new StreamedBody();
            List<ByteBuf> buffers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                buffers.add(buffer());
            }
            CountDownLatch begun = new CountDownLatch(1);
            int endAt = round % 20;
            Thread leaving =
                    new Thread(
                            () -> {
                                await(begun);
                                streamed.end();
                            });
            leaving.start();
            for (int i = 0; i < buffers.size(); i++) {
                if (i == endAt) {
                    begun.countDown();
                }
                Publisher<DataBuffer> group =
                        streamed.held(Flux.just(factory.wrap(buffers.get(i))));
                if (i % 2 == 0) {
                    Flux.from(group).subscribe(DataBufferUtils.releaseConsumer());
                }
            }
            leaving.join();
            assertThat(buffers).extracting(ByteBuf::refCnt).as("round %d", round).containsOnly(0);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
