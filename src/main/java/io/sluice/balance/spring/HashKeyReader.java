package io.sluice.balance.spring;

import io.sluice.auth.Identity;
import io.sluice.balance.Algorithm;
import io.sluice.balance.HashKeys;
import io.sluice.balance.PickRequest;
import io.sluice.pipeline.RequestState;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Reads the key that an upstream's algorithm hashes. Immutable.
 *
 * @param ipv4Prefix how many leading bits of a client's IPv4 address count, 1 to 32
 */
record HashKeyReader(Algorithm algorithm, HashKeySpec spec, int ipv4Prefix) {

    /**
     * A first attempt's pick request; unkeyed where the algorithm needs no key or there is none.
     */
    PickRequest read(ServerHttpRequest request, RequestState state) {
        return switch (algorithm) {
            case IP_HASH -> ofClient(state);
            case CONSISTENT_HASHING -> ofSpec(request, state);
            default -> PickRequest.UNKEYED;
        };
    }

    private PickRequest ofClient(RequestState state) {
        OptionalLong hash = HashKeys.ofAddress(state.client(), ipv4Prefix);
        return hash.isPresent() ? PickRequest.keyed(hash.getAsLong()) : PickRequest.UNKEYED;
    }

    private PickRequest ofSpec(ServerHttpRequest request, RequestState state) {
        if (spec.kind() == HashKeySpec.Kind.IP) {
            return ofClient(state);
        }
        String key =
                switch (spec.kind()) {
                    case HEADER -> request.getHeaders().getFirst(spec.name());
                    case COOKIE -> cookie(request, spec.name());
                    case QUERY -> request.getQueryParams().getFirst(spec.name());
                    case CLAIM -> claim(state.identity(), spec.name());
                    case PATH -> request.getURI().getRawPath();
                    case IP -> null;
                };
        return key == null || key.isEmpty()
                ? PickRequest.UNKEYED
                : PickRequest.keyed(HashKeys.of(key));
    }

    private static @Nullable String cookie(ServerHttpRequest request, String name) {
        HttpCookie cookie = request.getCookies().getFirst(name);
        return cookie == null ? null : cookie.getValue();
    }

    private static @Nullable String claim(@Nullable Identity identity, String name) {
        Object value = identity == null ? null : identity.claims().get(name);
        return value == null ? null : value.toString();
    }
}
