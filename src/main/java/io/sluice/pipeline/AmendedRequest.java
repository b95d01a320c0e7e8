package io.sluice.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;

/**
 * A request with a few headers set and removed, as {@code mutate()} would make it, whose headers
 * are copied only when somebody looks at them: what sends the request on applies the amendments as
 * it writes. To be used by the filters of one request, one after the other.
 */
public final class AmendedRequest extends ServerHttpRequestDecorator {

    private final List<String> removed;
    private final Map<String, String> set;
    private @Nullable HttpHeaders headers;

    private AmendedRequest(
            ServerHttpRequest amended, List<String> removed, Map<String, String> set) {
        super(amended);
        this.removed = removed;
        this.set = set;
    }

    /**
     * The request with some headers removed and then some set to one value each, whatever their
     * case.
     *
     * @param set names and values that may be sent as they are; none says how the message is framed
     */
    public static AmendedRequest of(
            ServerHttpRequest request, Collection<String> removed, Map<String, String> set) {
        if (!(request instanceof AmendedRequest before)) {
            return new AmendedRequest(request, List.copyOf(removed), set);
        }
        List<String> without = new ArrayList<>(before.removed);
        without.addAll(removed);
        Map<String, String> all = new LinkedHashMap<>(before.set);
        all.keySet().removeIf(name -> isAmong(name, removed) || isAmong(name, set.keySet()));
        all.putAll(set);
        return new AmendedRequest(before.getDelegate(), List.copyOf(without), all);
    }

    /** The request that was amended, if this one was; else the request itself. */
    public static ServerHttpRequest unamended(ServerHttpRequest request) {
        return request instanceof AmendedRequest amended ? amended.getDelegate() : request;
    }

    /** A header's first value, as {@code getHeaders().getFirst(name)}, without a copy. */
    public static @Nullable String first(ServerHttpRequest request, String name) {
        if (!(request instanceof AmendedRequest amended)) {
            return request.getHeaders().getFirst(name);
        }
        for (Map.Entry<String, String> header : amended.set.entrySet()) {
            if (header.getKey().equalsIgnoreCase(name)) {
                return header.getValue();
            }
        }
        return isAmong(name, amended.removed)
                ? null
                : amended.getDelegate().getHeaders().getFirst(name);
    }

    private static boolean isAmong(String name, Collection<String> names) {
        for (String one : names) {
            if (one.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** Names of headers of the amended request that are not to be sent. */
    public List<String> removed() {
        return removed;
    }

    /** Headers to be sent, in place of those of the same name. Not to be changed. */
    public Map<String, String> set() {
        return set;
    }

    @Override
    public HttpHeaders getHeaders() {
        HttpHeaders seen = headers;
        if (seen == null) {
            HttpHeaders copy = HttpHeaders.copyOf(getDelegate().getHeaders());
            removed.forEach(copy::remove);
            set.forEach(copy::set);
            seen = HttpHeaders.readOnlyHttpHeaders(copy);
            headers = seen;
        }
        return seen;
    }
}
