package io.sluice.proxy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.sluice.problem.Problem;
import io.sluice.upstream.Outcome;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

class UpstreamFailureTest {

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new ConnectException("refused"), Outcome.CONNECT_ERROR, 502),
                Arguments.of(new ConnectTimeoutException("slow"), Outcome.CONNECT_ERROR, 502),
                Arguments.of(new UnknownHostException("x"), Outcome.CONNECT_ERROR, 502),
                Arguments.of(new SSLHandshakeException("x"), Outcome.CONNECT_ERROR, 502),
                Arguments.of(ReadTimeoutException.INSTANCE, Outcome.TIMEOUT, 504),
                Arguments.of(new TimeoutException(), Outcome.TIMEOUT, 504),
                Arguments.of(
                        new ResponseStatusException(HttpStatus.GATEWAY_TIMEOUT),
                        Outcome.TIMEOUT,
                        504),
                Arguments.of(new ClosedChannelException(), Outcome.BROKEN, 502),
                Arguments.of(new IOException("reset"), Outcome.BROKEN, 502),
                Arguments.of(
                        new RuntimeException(new RuntimeException(new ConnectException())),
                        Outcome.CONNECT_ERROR,
                        502));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void of_upstreamsFailure_hasItsOutcomeAndStatus(Throwable error, Outcome outcome, int status) {
        assertThat(UpstreamFailure.of(error)).isEqualTo(outcome);
        assertThat(UpstreamProblems.of(error)).extracting(Problem::status).isEqualTo(status);
    }

    @Test
    void of_anythingElse_isNobodysOutcome() {
        assertThat(UpstreamFailure.of(new IllegalStateException())).isNull();
        assertThat(UpstreamProblems.of(new ResponseStatusException(HttpStatus.NOT_FOUND))).isNull();
    }
}
