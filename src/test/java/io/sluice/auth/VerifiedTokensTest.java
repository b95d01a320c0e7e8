package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Remembered tokens serve until their end and not an instant longer. */
class VerifiedTokensTest {

    private static final VerificationKey KEY =
            ((KeyReading.Usable) KeyReader.jwkSet(TokenMint.jwkSet(TokenMint.ed25519("one"))))
                    .keys()
                    .candidates(Algorithm.EdDSA, "one")
                    .get(0);

    private final Map<TokenHash, Verification.Verified> kept = new HashMap<>();
    private Instant now = Instant.ofEpochSecond(1000);
    private final InstantSource clock = () -> now;
    private final VerifiedTokens tokens =
            new VerifiedTokens(
                    new VerifiedTokens.Store() {
                        @Override
                        public Verification.Verified get(TokenHash hash) {
                            return kept.get(hash);
                        }

                        @Override
                        public void put(
                                TokenHash hash, Verification.Verified verified, int length) {
                            kept.put(hash, verified);
                        }

                        @Override
                        public void remove(TokenHash hash) {
                            kept.remove(hash);
                        }
                    },
                    clock);

    private static Verification.Verified until(long from, long end) {
        Identity ada = new Identity("ada", "iss", Set.of(), Map.of(), Instant.ofEpochSecond(end));
        return new Verification.Verified(
                ada,
                Map.of(),
                Instant.ofEpochSecond(from),
                new Verification.Proof(Algorithm.EdDSA, KEY));
    }

    @Test
    void find_remembered_untilItsEnd() {
        tokens.remember("a.b.c", until(900, 1100));
        assertThat(tokens.find("a.b.c")).isNotNull();
        now = Instant.ofEpochSecond(1099, 999_999_999);
        assertThat(tokens.find("a.b.c")).isNotNull();
        now = Instant.ofEpochSecond(1100);
        assertThat(tokens.find("a.b.c")).isNull();
        assertThat(kept).isEmpty();
    }

    @Test
    void find_clockSetBack_isNotServedBeforeItsTime() {
        tokens.remember("a.b.c", until(950, 1100));
        now = Instant.ofEpochSecond(949);
        assertThat(tokens.find("a.b.c")).isNull();
    }

    @Test
    void find_otherBytes_areAnotherToken() {
        tokens.remember("a.b.c", until(900, 1100));
        assertThat(tokens.find("a.b.c=")).isNull();
        assertThat(tokens.find("a.b.C")).isNull();
        assertThat(tokens.find("a".repeat(8193))).isNull();
    }

    @Test
    void remember_onlyWithinSkew_isNotKept() {
        tokens.remember("a.b.c", until(900, 990));
        assertThat(kept).isEmpty();
    }
}
