package io.sluice.auth.spring;

import io.sluice.auth.TokenMint;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Serves a JWK set over HTTP, well or badly, and counts how often it is asked. */
final class KeyServer implements AutoCloseable {

    private final AtomicInteger fetches = new AtomicInteger();
    private final AtomicInteger redirectsFollowed = new AtomicInteger();
    private volatile String set;
    private volatile int status = 200;
    private volatile Duration delay = Duration.ZERO;
    private final DisposableServer server =
            HttpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .handle(this::answer)
                    .bindNow(Duration.ofSeconds(10));

    KeyServer(TokenMint... mints) {
        this.set = TokenMint.jwkSet(mints);
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        fetches.incrementAndGet();
        if (request.path().equals("elsewhere")) {
            redirectsFollowed.incrementAndGet();
        }
        response.status(status);
        if (status >= 300 && status < 400) {
            response.header("Location", "/elsewhere");
        }
        return Mono.delay(delay).then(response.sendString(Mono.just(set)).then());
    }

    String uri() {
        return "http://127.0.0.1:" + server.port() + "/jwks.json";
    }

    int fetches() {
        return fetches.get();
    }

    int redirectsFollowed() {
        return redirectsFollowed.get();
    }

    KeyServer serves(TokenMint... mints) {
        return serves(TokenMint.jwkSet(mints));
    }

    KeyServer serves(String text) {
        this.set = text;
        return this;
    }

    KeyServer status(int newStatus) {
        this.status = newStatus;
        return this;
    }

    KeyServer delay(Duration newDelay) {
        this.delay = newDelay;
        return this;
    }

    @Override
    public void close() {
        server.dispose();
    }
}
