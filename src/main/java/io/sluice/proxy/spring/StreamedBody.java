package io.sluice.proxy.spring;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable.ScalarCallable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The groups of one streamed body, each a buffer that is flushed when it is written. Whoever takes
 * a group, by subscribing to it, has its buffer; {@link #end} releases the buffers of groups that
 * nobody took. Safe for any number of threads: a client may leave while a group is being handed on.
 *
 * <p>Between the upstream's connection and the client's a group may be kept (Spring's {@code
 * ChannelSendOperator} keeps the first until the head is committed), be queued, or be refused
 * because the client's connection is closed. When the client leaves, all of these drop a group
 * without looking into it.
 */
final class StreamedBody {

    private final Set<Group> untaken = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    /** The group, to be handed on in place of the given one. */
    Publisher<DataBuffer> held(Publisher<? extends DataBuffer> buffers) {
        Group group = new Group(buffers);
        untaken.add(group);
        if (ended) {
            group.release();
        }
        return group;
    }

    /** Nothing is written any more: what nobody took is released, and what is still to come. */
    void end() {
        ended = true;
        untaken.forEach(Group::release);
    }

    private final class Group extends Flux<DataBuffer> {

        private final Publisher<? extends DataBuffer> buffers;
        private final AtomicBoolean gone = new AtomicBoolean();

        Group(Publisher<? extends DataBuffer> buffers) {
            this.buffers = buffers;
        }

        @Override
        public void subscribe(CoreSubscriber<? super DataBuffer> subscriber) {
            if (take()) {
                buffers.subscribe(subscriber);
            } else {
                Operators.complete(subscriber);
            }
        }

        /** Only a group that is its value already holds a buffer; others have not made theirs. */
        void release() {
            if (take() && buffers instanceof ScalarCallable<?> value) {
                try {
                    if (value.call() instanceof DataBuffer buffer) {
                        DataBufferUtils.release(buffer);
                    }
                } catch (Exception e) {
                    throw new IllegalStateException("a value at hand cannot fail", e);
                }
            }
        }

        private boolean take() {
            untaken.remove(this);
            return gone.compareAndSet(false, true);
        }
    }
}
