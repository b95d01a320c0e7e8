package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.EchoUpstream.Seen;
import io.sluice.it.RawConnection.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What one request did: the answer that the client got, and the requests that upstreams saw.
 *
 * @param port the port of the gateway that was asked
 */
record DropInExchange(int port, Answer answer, List<Seen> seen) {

    /**
     * Not compared between two gateways: the request id is Sluice's own addition, and the rest
     * names the one test run.
     */
    private static final Set<String> NOT_COMPARED =
            Set.of("date", "x-request-id", "x-case", "x-real-ip");

    /** Set by whoever writes an error of the gateway's own, and meant to differ. */
    private static final Set<String> OF_ERROR_BODIES =
            Set.of("content-type", "content-length", "cache-control");

    /** The client's own port differs from connection to connection. */
    private static final Pattern CLIENT = Pattern.compile("for=\"127\\.0\\.0\\.1:\\d+\"");

    DropInExchange status(int expected) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(expected);
        return this;
    }

    /** The upstream of this name saw exactly one request, with this method and target. */
    DropInExchange saw(String by, String line) {
        assertThat(seen)
                .extracting(s -> s.by() + " " + s.method() + " " + s.uri())
                .containsExactly(by + " " + line);
        return this;
    }

    DropInExchange sawTimes(int times) {
        assertThat(seen).hasSize(times);
        return this;
    }

    DropInExchange sawBody(String body) {
        assertThat(seen).extracting(Seen::body).containsOnly(body);
        return this;
    }

    /** No values: the header did not arrive. */
    DropInExchange sawHeader(String name, String... values) {
        assertThat(seen).isNotEmpty();
        Seen last = seen.get(seen.size() - 1);
        assertThat(last.headers().getOrDefault(name.toLowerCase(Locale.ROOT), List.of()))
                .as("%s of %s", name, last.headers())
                .containsExactly(values);
        return this;
    }

    /** No values: the header is not there. */
    DropInExchange got(String name, String... values) {
        assertThat(answer.values(name))
                .as("%s of %s", name, answer.headers())
                .containsExactly(values);
        return this;
    }

    DropInExchange gotText(String text) {
        assertThat(answer.text()).contains(text);
        return this;
    }

    /**
     * Everything that a gateway that means the same must do the same, as text; its own port, where
     * a header names it, is written GATEWAY.
     */
    List<String> comparable() {
        List<String> lines = new ArrayList<>();
        lines.add("status " + answer.status());
        for (Seen request : seen) {
            lines.add(request.by() + " saw " + request.method() + " " + request.uri());
            request.headers().forEach((name, values) -> add(lines, "  > " + name, name, values));
            lines.add("  body " + request.body());
        }
        Map<String, List<String>> headers = new TreeMap<>();
        for (Map.Entry<String, String> header : answer.headers()) {
            headers.computeIfAbsent(
                            header.getKey().toLowerCase(Locale.ROOT), key -> new ArrayList<>())
                    .add(header.getValue());
        }
        boolean ownError = answer.status() >= 400 && !answer.text().contains("\n");
        if (ownError || answer.status() == 404) {
            headers.keySet().removeAll(OF_ERROR_BODIES);
        } else {
            lines.add("body " + answer.text());
        }
        headers.forEach((name, values) -> add(lines, "< " + name, name, values));
        return lines;
    }

    private void add(List<String> lines, String prefix, String name, List<String> values) {
        if (!NOT_COMPARED.contains(name)) {
            for (String value : values) {
                String text = value.replace(String.valueOf(port), "GATEWAY");
                lines.add(prefix + ": " + CLIENT.matcher(text).replaceFirst("for=CLIENT"));
            }
        }
    }
}
