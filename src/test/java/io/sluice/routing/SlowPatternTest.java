package io.sluice.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlowPatternTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(.*a){10}b",
                "(.*x){12}",
                "^/api/(.*a){12}$",
                "/v1/((.*,){11}x)?.*",
                "([a-z]+){10}1",
                "(.*)(.*)(.*)(.*)(.*)(.*)(.*)z"
            })
    void explodes_patternsThatRepeatWhatRepeats(String regex) {
        assertThat(SlowPattern.explodes(regex)).isTrue();
    }

    /** Java remembers where an unbounded group has failed, and so comes to an end. */
    @ParameterizedTest
    @ValueSource(strings = {"(a+)+$", "(\\w+\\s?)+!", "(a|b|ab)*c"})
    void explodes_groupsThatJavaRemembers_never(String regex) {
        assertThat(SlowPattern.explodes(regex)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\\d+",
                "gold|silver",
                "/red/?(?<segment>.*)",
                "/(?<tenant>[a-z0-9-]+)/(?<rest>.*)",
                "^(https?|wss?)://.*",
                ".*(foo|bar).*",
                "([a-z0-9-]+\\.)+example\\.com",
                "^[^@]+@[^@]+\\.[a-z]{2,}$",
                "(.*),(.*),(.*)",
                "password=[^&]+",
                "Bearer [A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+",
                "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                "(unclosed",
                "[(]*[)+]+\\(+"
            })
    void explodes_ordinaryPatterns_never(String regex) {
        assertThat(SlowPattern.explodes(regex)).isFalse();
    }
}
