package io.sluice.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the client of an API key. Each lookup compares with every key in constant time and stops at
 * none, so its duration says nothing of how near a guess was: it is linear in the number of keys,
 * about 50 ns each. Immutable; any number of threads may use it.
 */
public final class ApiKeys {

    /** Longer keys are refused unread. In characters. */
    public static final int MAX_LENGTH = 512;

    /** Keys of one client that may be good at the same time: the old one and its successor. */
    public static final int MAX_PER_CLIENT = 2;

    /** The issuer of an identity that a key gave. */
    public static final String ISSUER = "api-key";

    private record Entry(byte[] sha256, Identity identity) {}

    private final List<Entry> entries;
    private final InstantSource clock;
    private final BiPredicate<byte[], byte[]> equal;

    /**
     * @throws IllegalArgumentException if two keys share a hash, or more than {@link
     *     #MAX_PER_CLIENT} of one client are good now
     */
    public ApiKeys(List<ApiKey> keys, InstantSource clock) {
        this(keys, clock, MessageDigest::isEqual);
    }

    /**
     * @param equal compares two hashes, in a time that does not depend on what they are
     */
    ApiKeys(List<ApiKey> keys, InstantSource clock, BiPredicate<byte[], byte[]> equal) {
        Set<String> hashes = new HashSet<>();
        Map<String, Integer> live = new HashMap<>();
        for (ApiKey key : keys) {
            boolean good = clock.instant().isBefore(key.expiresAt());
            int count = live.merge(key.id(), good ? 1 : 0, Integer::sum);
            if (!hashes.add(key.sha256()) || count > MAX_PER_CLIENT) {
                throw new IllegalArgumentException(
                        "id: " + key.id() + " (expected: each hash once, 2 live keys at most)");
            }
        }
        this.entries = keys.stream().map(ApiKeys::entry).toList();
        this.clock = clock;
        this.equal = equal;
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /**
     * The identity of this key, or null where it is unknown, expired or too long: a client is not
     * told which.
     */
    public @Nullable Identity find(String presented) {
        if (presented.length() > MAX_LENGTH) {
            return null;
        }
        byte[] hash = TokenHash.sha256(presented.getBytes(StandardCharsets.UTF_8));
        Identity found = null;
        for (Entry entry : entries) {
            if (equal.test(entry.sha256(), hash)) {
                found = entry.identity();
            }
        }
        Instant now = clock.instant();
        return found != null && now.isBefore(found.expiresAt()) ? found : null;
    }

    private static Entry entry(ApiKey key) {
        Map<String, Object> claims =
                key.scopes().isEmpty()
                        ? Map.of("sub", key.id())
                        : Map.of("sub", key.id(), "scope", String.join(" ", key.scopes()));
        Identity identity =
                new Identity(
                        key.id(),
                        ISSUER,
                        key.scopes(),
                        Set.of(),
                        claims,
                        key.expiresAt(),
                        key.sha256());
        return new Entry(HexFormat.of().parseHex(key.sha256()), identity);
    }
}
