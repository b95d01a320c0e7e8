package io.sluice.balance;

import io.sluice.upstream.EndpointState;
import java.util.Set;

/**
 * What a pick may depend on.
 *
 * @param keyed whether the request carries a key for the hashing algorithms
 * @param keyHash the key's 64-bit hash ({@link HashKeys}); meaningless unless {@code keyed}
 * @param tried ids of endpoints that earlier attempts of this request used; never chosen again
 */
public record PickRequest(boolean keyed, long keyHash, Set<String> tried) {

    /** A first attempt without a key. */
    public static final PickRequest UNKEYED = new PickRequest(false, 0L, Set.of());

    public static PickRequest keyed(long keyHash) {
        return new PickRequest(true, keyHash, Set.of());
    }

    /** The same request for a further attempt. */
    public PickRequest withTried(Set<String> ids) {
        return new PickRequest(keyed, keyHash, ids);
    }

    /** Whether nothing was tried before. */
    boolean first() {
        return tried.isEmpty();
    }

    /** A first attempt does not even read the id: at 10,000 endpoints that is a cache miss. */
    boolean mayUse(EndpointState state) {
        return tried.isEmpty() || !tried.contains(state.id());
    }
}
