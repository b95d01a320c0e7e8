package io.sluice.edge.netty;

import io.sluice.edge.BodyPace;
import io.sluice.edge.Cut;
import io.sluice.problem.Problem;
import io.sluice.problem.spring.ProblemException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** A request's body as {@link BodyGuard} lets it through. */
final class GuardedBody extends FluxOperator<DataBuffer, DataBuffer> {

    private final BodyGuard guard;

    GuardedBody(Flux<DataBuffer> body, BodyGuard guard) {
        super(body);
        this.guard = guard;
    }

    @Override
    public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
        source.subscribe(new Bytes(guard, actual));
    }

    // Signals and looks come on the body's own event loop; requests and cancel from anywhere.
    private static final class Bytes
            implements CoreSubscriber<DataBuffer>, Subscription, Rounds.Watched {

        private final BodyGuard guard;
        private final CoreSubscriber<? super DataBuffer> actual;
        private final @Nullable BodyPace pace;
        private final AtomicLong wanted = new AtomicLong();
        private final AtomicBoolean ended = new AtomicBoolean();
        private Subscription upstream = Operators.emptySubscription();
        private long received;

        Bytes(BodyGuard guard, CoreSubscriber<? super DataBuffer> actual) {
            this.guard = guard;
            this.actual = actual;
            this.pace = guard.pace();
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            upstream = subscription;
            guard.begin(this);
            actual.onSubscribe(this);
        }

        @Override
        public void onNext(DataBuffer buffer) {
            int count = buffer.readableByteCount();
            received += count;
            if (ended.get()) {
                DataBufferUtils.release(buffer);
            } else if (guard.exceeded(received)) {
                DataBufferUtils.release(buffer);
                fail(Cut.SIZE, ClientLimits.TOO_LARGE);
            } else {
                if (pace != null) {
                    pace.received(count);
                }
                wanted.updateAndGet(left -> left == Long.MAX_VALUE ? left : Math.max(0, left - 1));
                actual.onNext(buffer);
            }
        }

        @Override
        public void onError(Throwable error) {
            if (end()) {
                actual.onError(error);
            } else {
                Operators.onErrorDropped(error, actual.currentContext());
            }
        }

        @Override
        public void onComplete() {
            if (end()) {
                actual.onComplete();
            }
        }

        @Override
        public void look(long now) {
            if (pace != null
                    && !ended.get()
                    && pace.tooSlow(wanted.get() > 0)
                    && !guard.mayPause()) {
                fail(Cut.BODY, ClientLimits.SLOW_BODY);
            }
        }

        private void fail(Cut cut, Problem problem) {
            if (end()) {
                guard.tell(cut);
                upstream.cancel();
                actual.onError(new ProblemException(problem));
            }
        }

        private boolean end() {
            boolean first = ended.compareAndSet(false, true);
            if (first) {
                guard.end(this);
            }
            return first;
        }

        @Override
        public void request(long count) {
            wanted.updateAndGet(left -> Operators.addCap(left, count));
            upstream.request(count);
        }

        @Override
        public void cancel() {
            if (end()) {
                upstream.cancel();
            }
        }
    }
}
