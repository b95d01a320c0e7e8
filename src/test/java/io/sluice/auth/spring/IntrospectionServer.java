package io.sluice.auth.spring;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** An endpoint of RFC 7662 that counts how often it is asked. Tokens are inactive until told. */
final class IntrospectionServer implements AutoCloseable {

    private static final Pattern TOKEN = Pattern.compile("(?:^|&)token=([^&]*)");

    private final AtomicInteger asked = new AtomicInteger();
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private volatile String authorization = "";
    private final DisposableServer server =
            HttpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .handle(this::answer)
                    .bindNow(Duration.ofSeconds(10));

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        asked.incrementAndGet();
        authorization = request.requestHeaders().get("Authorization", "");
        return request.receive()
                .aggregate()
                .asString()
                .flatMap(form -> response.sendString(Mono.just(answerTo(form))).then());
    }

    private String answerTo(String form) {
        Matcher token = TOKEN.matcher(form);
        String named =
                token.find() ? URLDecoder.decode(token.group(1), StandardCharsets.UTF_8) : "";
        return answers.getOrDefault(named, "{\"active\":false}");
    }

    void answers(String token, String json) {
        answers.put(token, json);
    }

    int asked() {
        return asked.get();
    }

    /** Of the last question. */
    String authorization() {
        return authorization;
    }

    String uri() {
        return "http://127.0.0.1:" + server.port() + "/introspect";
    }

    @Override
    public void close() {
        server.dispose();
    }
}
