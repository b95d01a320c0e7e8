package io.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostRulesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "api.example.com",
                "API.Example.COM:8443",
                "a_b.c~d-e",
                "10.0.0.1",
                "10.0.0.1:80",
                "a:",
                "a:0",
                "a:65535",
                "[::1]",
                "[::1]:8080",
                "[2001:db8::1]:"
            })
    void accept_hostAndPort_yes(String host) {
        assertThat(HostRules.accept(List.of(host), false)).isTrue();
        assertThat(HostRules.accept(List.of(host), true)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "a b",
                "a/b",
                "a,b",
                "u@a",
                "a:x",
                "a:+1",
                "a:65536",
                "a:99999999999",
                "a:80:80",
                "[::1",
                "[]",
                "[x]",
                "[1.2.3.4]",
                "[::1]x",
                "[::1]80",
                "::1",
                "a%20",
                "<a>",
                "\u00e4",
                "a\\b",
                "a?b",
                "a\u0000"
            })
    void accept_anythingElse_no(String host) {
        assertThat(HostRules.accept(List.of(host), false)).isFalse();
        assertThat(HostRules.accept(List.of(host), true)).isFalse();
    }

    @Test
    void accept_noLine_onlyWhereItMayLack() {
        assertThat(HostRules.accept(List.of(), true)).isTrue();
        assertThat(HostRules.accept(List.of(), false)).isFalse();
    }

    @Test
    void accept_twoLines_noEvenWhenTheyAgree() {
        assertThat(HostRules.accept(List.of("a", "a"), false)).isFalse();
        assertThat(HostRules.accept(List.of("a", "a"), true)).isFalse();
    }
}
