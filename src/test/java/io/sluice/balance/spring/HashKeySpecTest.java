package io.sluice.balance.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashKeySpecTest {

    @ParameterizedTest
    @CsvSource({
        "header:X-Key, HEADER, X-Key",
        "cookie:sid, COOKIE, sid",
        "query:q, QUERY, q",
        "claim:https://x/tenant, CLAIM, https://x/tenant",
        "path, PATH, ''",
        "ip, IP, ''",
    })
    void parse_knownForm_isRead(String text, HashKeySpec.Kind kind, String name) {
        assertThat(HashKeySpec.parse("p", text)).isEqualTo(new HashKeySpec(kind, name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "header", "header:", "ip:x", "path:/a", "body", "Header:x"})
    void parse_anythingElse_isRefused(String text) {
        assertThatThrownBy(() -> HashKeySpec.parse("p", text))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("header:NAME");
    }
}
