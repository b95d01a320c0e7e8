package io.sluice.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalTest {

    private static Refusal refusal(String file, int line, String key, String value) {
        return new Refusal(file, line, key, value, "expected:\n  >= 1", Instant.EPOCH);
    }

    @Test
    void text_everythingKnown_isOneLine() {
        assertThat(refusal("/etc/a.yml", 3, "sluice.x", "0").text())
                .isEqualTo("/etc/a.yml:3: sluice.x: 0 (expected: >= 1)");
    }

    @Test
    void text_noFileLineOrValue_leavesThemOut() {
        assertThat(refusal(null, 0, "sluice.x", null).text())
                .isEqualTo("sluice.x (expected: >= 1)");
        assertThat(refusal("/a.yml", 0, "sluice.x", null).text())
                .isEqualTo("/a.yml: sluice.x (expected: >= 1)");
    }

    @ParameterizedTest
    @CsvSource({
        "sluice.management.token, t, true",
        "sluice.auth.issuers[0].secret, s, true",
        "spring.ssl.bundle.pem.x.keystore.private-key, k, true",
        "spring.data.redis.password, p, true",
        "sluice.auth.introspection.clientSecret, p, true",
        "spring.data.redis.url, redis://u:p@h:1, true",
        "my.key, -----BEGIN PRIVATE KEY-----, true",
        "spring.data.redis.url, redis://h:1, false",
        "sluice.rate-limits.p.refill-tokens, 0, false",
        "sluice.auth.token-cache-size, -1, false"
    })
    void value_ofASecret_isMasked(String key, String value, boolean masked) {
        assertThat(refusal(null, 0, key, value).value()).isEqualTo(masked ? "(masked)" : value);
    }
}
