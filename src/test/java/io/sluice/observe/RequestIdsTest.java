package io.sluice.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdsTest {

    private final RequestIds ids = new RequestIds(new SplittableRandom(7));

    @ParameterizedTest
    @ValueSource(strings = {"a", "0af7651916cd43dd8448eb211c80319c", "A-b_c.d:9"})
    void accept_plainId_isKept(String id) {
        assertThat(ids.accept(id)).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a\nb", "a\"b", "é", "${jndi:ldap://x}", "<script>"})
    void accept_anythingElse_isReplaced(String id) {
        assertThat(ids.accept(id)).matches("[0-9a-f]{32}");
    }

    @Test
    void accept_longId_isReplaced() {
        assertThat(ids.accept("a".repeat(65))).matches("[0-9a-f]{32}");
    }

    @Test
    void accept_noId_makesADifferentOneEachTime() {
        assertThat(ids.accept(null)).isNotEqualTo(ids.accept(null));
    }
}
