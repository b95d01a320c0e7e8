package io.sluice.it;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One request to a gateway with {@code dropin/application.yml}, and what it must do.
 *
 * @param headers header lines as they are sent
 * @param check what must hold of the exchange
 * @param asStock whether stock Spring Cloud Gateway must do the same, byte for byte where compared
 */
record DropInCase(
        String name,
        String method,
        String target,
        List<String> headers,
        String body,
        Consumer<DropInExchange> check,
        boolean asStock) {

    private static final AtomicInteger IDS = new AtomicInteger();

    static DropInCase get(
            String name, String target, Consumer<DropInExchange> check, String... headers) {
        return of(name, "GET", target, "", check, headers);
    }

    static DropInCase of(
            String name,
            String method,
            String target,
            String body,
            Consumer<DropInExchange> check,
            String... headers) {
        return new DropInCase(name, method, target, List.of(headers), body, check, true);
    }

    /** Sluice means to answer otherwise here, as its own contract says. */
    DropInCase unlikeStock() {
        return new DropInCase(name, method, target, headers, body, check, false);
    }

    /** Sends the request to this gateway; {@code upstream} tells what arrived. */
    DropInExchange run(int port, EchoUpstream upstream) {
        String id = "case-" + IDS.incrementAndGet();
        List<String> lines = new ArrayList<>();
        lines.add(method + " " + target + " HTTP/1.1");
        if (headers.stream().noneMatch(header -> header.startsWith("Host:"))) {
            lines.add("Host: 127.0.0.1:" + port);
        }
        lines.addAll(headers);
        lines.add("X-Case: " + id);
        lines.add("Connection: close");
        if (!body.isEmpty()) {
            lines.add("Content-Type: text/plain");
            lines.add("Content-Length: " + body.length());
        }
        String request = String.join("\r\n", lines) + "\r\n\r\n" + body;
        return new DropInExchange(
                port, RawConnection.exchange(port, method, request), upstream.seen(id));
    }

    @Override
    public String toString() {
        return name;
    }
}
