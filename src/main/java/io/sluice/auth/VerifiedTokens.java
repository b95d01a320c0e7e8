package io.sluice.auth;

import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Remembers verified tokens, so that a signature is checked once and not on each request. Only good
 * tokens are kept, under the hash of their exact bytes; {@code exp} and {@code nbf} are looked at
 * on every hit and the clock skew is not granted, so nothing is served past its {@code exp}. What a
 * route asks is no part of it. As thread-safe as its store.
 */
public final class VerifiedTokens {

    /** Where they are kept; bounded, and free to forget anything at any time. Thread-safe. */
    public interface Store {
        Verification.@Nullable Verified get(TokenHash hash);

        /**
         * @param length the token's length in characters, by which a store may bound itself
         */
        void put(TokenHash hash, Verification.Verified verified, int length);

        void remove(TokenHash hash);
    }

    private final Store store;
    private final InstantSource clock;

    public VerifiedTokens(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /** What is known of this token, if it may still be used; the caller checks its key. */
    public Verification.@Nullable Verified find(String token) {
        if (token.length() > CompactToken.MAX_LENGTH) {
            return null;
        }
        TokenHash hash = TokenHash.of(token);
        Verification.Verified known = store.get(hash);
        if (known == null) {
            return null;
        }
        Instant now = clock.instant();
        if (known.usableAt(now)) {
            return known;
        }
        store.remove(hash);
        return null;
    }

    public void remember(String token, Verification.Verified verified) {
        if (verified.usableAt(clock.instant())) {
            store.put(TokenHash.of(token), verified, token.length());
        }
    }
}
