package io.sluice.edge.netty;

import io.netty.util.concurrent.EventExecutor;
import io.sluice.edge.BodyPace;
import io.sluice.edge.Cut;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Flux;

/**
 * What a request's body is held to. A body that brings too many bytes, or brings them too slowly,
 * fails with the problem to answer, and what fails aborts the request to the upstream. Immutable.
 */
public final class BodyGuard {

    private final long mostBytes;
    private final Consumer<Cut> told;
    private final @Nullable ClientLimits limits;
    private final @Nullable Rounds rounds;
    private final @Nullable EventExecutor loop;
    private final BooleanSupplier mayPause;

    private BodyGuard(
            long mostBytes,
            Consumer<Cut> told,
            @Nullable ClientLimits limits,
            @Nullable Rounds rounds,
            @Nullable EventExecutor loop,
            BooleanSupplier mayPause) {
        this.mostBytes = mostBytes;
        this.told = told;
        this.limits = limits;
        this.rounds = rounds;
        this.loop = loop;
        this.mayPause = mayPause;
    }

    /**
     * @param mostBytes 0 is no limit
     * @param loop the one that the body comes on
     * @param mayPause whether the body may be slow; asked whenever it is
     */
    static BodyGuard of(
            long mostBytes,
            ClientLimits limits,
            Rounds rounds,
            EventExecutor loop,
            BooleanSupplier mayPause) {
        return new BodyGuard(mostBytes, limits.told(), limits, rounds, loop, mayPause);
    }

    /** One that counts bytes and has no eye on time. */
    public static BodyGuard ofSize(long mostBytes) {
        return new BodyGuard(mostBytes, cut -> {}, null, null, null, () -> true);
    }

    /** Whether a request with these headers has a body; HTTP/2 arrives here with the same ones. */
    public static boolean hasBody(HttpHeaders headers) {
        return headers.getFirst(HttpHeaders.TRANSFER_ENCODING) != null
                || headers.getContentLength() > 0;
    }

    /** Whether the length that a request names is more than it may be. */
    public boolean refuses(HttpHeaders headers) {
        return exceeded(headers.getContentLength());
    }

    public Flux<DataBuffer> around(Flux<DataBuffer> body) {
        return new GuardedBody(body, this);
    }

    boolean exceeded(long bytes) {
        return mostBytes > 0 && bytes > mostBytes;
    }

    boolean mayPause() {
        return mayPause.getAsBoolean();
    }

    void tell(Cut cut) {
        told.accept(cut);
    }

    @Nullable BodyPace pace() {
        return limits == null ? null : limits.pace();
    }

    void begin(Rounds.Watched body) {
        if (rounds != null && loop != null) {
            rounds.add(loop, body);
        }
    }

    void end(Rounds.Watched body) {
        if (rounds != null && loop != null) {
            rounds.remove(loop, body);
        }
    }
}
