package io.sluice.proxy.spring;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.WriteTimeoutException;
import io.sluice.upstream.Outcome;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.client.PrematureCloseException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

/** Reads what an attempt's exception says about the endpoint. Stateless. */
public final class UpstreamFailure {

    private static final int DEEPEST_CAUSE = 8;

    private UpstreamFailure() {}

    /**
     * The outcome that this exception stands for, or {@code null} when it is not the upstream's.
     */
    public static @Nullable Outcome of(Throwable error) {
        Throwable cause = error;
        for (int i = 0; cause != null && i < DEEPEST_CAUSE; i++) {
            if (cause instanceof RequestBodyException) {
                return null;
            }
            Outcome outcome = ofOne(cause);
            if (outcome != null) {
                return outcome;
            }
            cause = cause.getCause();
        }
        return null;
    }

    private static @Nullable Outcome ofOne(Throwable error) {
        if (error instanceof ReadTimeoutException
                || error instanceof WriteTimeoutException
                || isGatewayTimeout(error)) {
            return Outcome.TIMEOUT;
        }
        if (error instanceof ConnectException
                || error instanceof ConnectTimeoutException
                || error instanceof NoRouteToHostException
                || error instanceof UnknownHostException
                || error instanceof SSLHandshakeException
                || error instanceof SslHandshakeTimeoutException
                || error instanceof PoolAcquireTimeoutException
                || error instanceof PoolAcquirePendingLimitException) {
            return Outcome.CONNECT_ERROR;
        }
        if (error instanceof PrematureCloseException
                || error instanceof AbortedException
                || error instanceof ClosedChannelException
                || error instanceof SocketException
                || error instanceof io.netty.handler.codec.DecoderException
                || error instanceof io.netty.channel.unix.Errors.NativeIoException
                || error instanceof java.io.IOException) {
            return Outcome.BROKEN;
        }
        return error instanceof TimeoutException ? Outcome.TIMEOUT : null;
    }

    private static boolean isGatewayTimeout(Throwable error) {
        return error instanceof ResponseStatusException status
                && status.getStatusCode().value() == HttpStatus.GATEWAY_TIMEOUT.value();
    }
}
