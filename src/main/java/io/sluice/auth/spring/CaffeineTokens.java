package io.sluice.auth.spring;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.auth.TokenHash;
import io.sluice.auth.Verification;
import io.sluice.auth.VerifiedTokens;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps verified tokens in Caffeine, bounded by number, and by length where they are long. */
final class CaffeineTokens implements VerifiedTokens.Store {

    private static final int CHARACTERS_PER_UNIT = 1024;
    private static final Duration IDLE = Duration.ofMinutes(5);

    /**
     * @param units what the entry counts for in the bound
     */
    private record Entry(Verification.Verified verified, int units) {}

    private final Cache<TokenHash, Entry> cache;

    CaffeineTokens(int size) {
        this.cache =
                Caffeine.newBuilder()
                        .maximumWeight(size)
                        .weigher((TokenHash hash, Entry entry) -> entry.units())
                        .expireAfterAccess(IDLE)
                        // Its upkeep is small; waking another thread for it costs a request more.
                        .executor(Runnable::run)
                        .build();
    }

    @Override
    public Verification.@Nullable Verified get(TokenHash hash) {
        Entry entry = cache.getIfPresent(hash);
        return entry == null ? null : entry.verified();
    }

    @Override
    public void put(TokenHash hash, Verification.Verified verified, int length) {
        cache.put(hash, new Entry(verified, 1 + length / CHARACTERS_PER_UNIT));
    }

    @Override
    public void remove(TokenHash hash) {
        cache.invalidate(hash);
    }

    /** Puts a copy of what fits into the other. */
    void copyTo(CaffeineTokens other, Predicate<Verification.Verified> fits) {
        cache.asMap()
                .forEach(
                        (hash, entry) -> {
                            if (fits.test(entry.verified())) {
                                other.cache.put(hash, entry);
                            }
                        });
    }

    /** After all pending evictions; for measuring. */
    long size() {
        cache.cleanUp();
        return cache.estimatedSize();
    }
}
