package io.sluice.auth.spring;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

/** Answers every request with 200 and keeps the bytes that it was sent, one text per request. */
final class RawUpstream implements AutoCloseable {

    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final DisposableServer server =
            TcpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .handle(
                            (in, out) -> {
                                StringBuilder pending = new StringBuilder();
                                return in.receive()
                                        .asString(StandardCharsets.ISO_8859_1)
                                        .concatMap(
                                                part -> {
                                                    pending.append(part);
                                                    int end = pending.indexOf("\r\n\r\n");
                                                    if (end < 0) {
                                                        return Mono.<Void>empty();
                                                    }
                                                    requests.add(pending.toString());
                                                    pending.setLength(0);
                                                    return out.sendString(Mono.just(ANSWER)).then();
                                                })
                                        .then();
                            })
                    .bindNow(Duration.ofSeconds(10));

    String uri() {
        return "http://127.0.0.1:" + server.port();
    }

    int count() {
        return requests.size();
    }

    void forget() {
        requests.clear();
    }

    /** The last request's header lines, names in lower case as {@code name: value}. */
    List<String> headers() {
        String last = requests.get(requests.size() - 1);
        String head = last.substring(0, last.indexOf("\r\n\r\n"));
        return head.lines().skip(1).map(RawUpstream::lowerName).toList();
    }

    private static String lowerName(String line) {
        int colon = line.indexOf(':');
        return line.substring(0, colon).toLowerCase(Locale.ROOT)
                + ": "
                + line.substring(colon + 1).strip();
    }

    @Override
    public void close() {
        server.dispose();
    }
}
