package io.sluice.auth.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.auth.Identity;
import io.sluice.auth.RevocationQuery;
import io.sluice.problem.Problem;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** The store's answer comes on its connection's thread, which is one for all requests. */
class RevocationGateTest {

    private static final Identity ADA =
            new Identity("ada", "iss", Set.of(), Map.of("jti", "7"), Instant.MAX);
    private static final Problem REVOKED = Problem.of(401, "revoked", "Unauthorized", "Revoked.");

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final CompletableFuture<List<String>> stored = new CompletableFuture<>();
    private final RevocationGate gate =
            new RevocationGate(
                    new RevocationCheck(names -> stored, 10, () -> 0),
                    false,
                    new AuthMetrics(null));
    private boolean wentOn;

    private final class OnTheChannel extends AbstractServerHttpRequest {

        OnTheChannel() {
            super(HttpMethod.GET, URI.create("/orders"), null, new HttpHeaders());
        }

        @Override
        protected MultiValueMap<String, HttpCookie> initCookies() {
            return new LinkedMultiValueMap<>();
        }

        @Override
        protected SslInfo initSslInfo() {
            return null;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T getNativeRequest() {
            return (T) Connection.from(channel);
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return Flux.empty();
        }
    }

    private void answer() {
        List<String> nothing = new ArrayList<>();
        RevocationQuery.of(ADA).names().forEach(name -> nothing.add(null));
        stored.complete(nothing);
    }

    private Mono<Void> goOn() {
        wentOn = true;
        return Mono.empty();
    }

    @Test
    void pass_afterTheStoresAnswer_goesOnOnTheRequestsOwnLoop() {
        ServerWebExchange exchange =
                MockServerWebExchange.from(MockServerHttpRequest.get("/orders"))
                        .mutate()
                        .request(new OnTheChannel())
                        .build();
        gate.pass(exchange, ADA, REVOKED, this::goOn).subscribe();

        answer();
        assertThat(wentOn).as("on the store's thread").isFalse();

        channel.runPendingTasks();
        assertThat(wentOn).isTrue();
    }

    @Test
    void pass_ofARequestOnNoConnection_goesOnAtOnce() {
        ServerWebExchange exchange =
                MockServerWebExchange.from(MockServerHttpRequest.get("/orders"));
        gate.pass(exchange, ADA, REVOKED, this::goOn).subscribe();

        answer();
        assertThat(wentOn).isTrue();
    }
}
