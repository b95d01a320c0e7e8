package io.sluice.problem;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A refusal as a value: what the gateway answers when it does not proxy (RFC 9457). Immutable.
 *
 * @param status HTTP status, 400 to 599
 * @param error short fixed code of the reason, such as {@code no-upstream-instance}
 * @param title the status in words
 * @param detail one fixed sentence for people; never parser text, class names or addresses
 * @param headers response headers that belong to this refusal, such as {@code Retry-After}
 * @param extensions further members of the body
 */
public record Problem(
        int status,
        String error,
        String title,
        String detail,
        Map<String, String> headers,
        Map<String, Object> extensions) {

    public Problem {
        headers = Map.copyOf(headers);
        extensions = Map.copyOf(extensions);
    }

    public static Problem of(int status, String error, String title, String detail) {
        return new Problem(status, error, title, detail, Map.of(), Map.of());
    }

    public Problem withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Problem(status, error, title, detail, more, extensions);
    }

    public Problem with(String member, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(extensions);
        more.put(member, value);
        return new Problem(status, error, title, detail, headers, more);
    }

    /** A stable name for this kind of problem; it is not an address that can be fetched. */
    public String type() {
        return "urn:sluice:problem:" + error;
    }
}
