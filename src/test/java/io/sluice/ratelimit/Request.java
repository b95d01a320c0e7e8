package io.sluice.ratelimit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request's keys, written down. */
record Request(
        @Nullable String user,
        String ip,
        @Nullable String apiKey,
        Map<String, String> headers,
        Map<String, String> claims,
        String route)
        implements KeySource {

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public @Nullable String claim(String name) {
        return claims.get(name);
    }
}
