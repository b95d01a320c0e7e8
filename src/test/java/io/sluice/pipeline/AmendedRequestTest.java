package io.sluice.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class AmendedRequestTest {

    private static final List<String> NAMES =
            List.of("X-User", "x-user", "X-Role", "Authorization", "AUTHORIZATION", "Accept");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void getHeaders_randomAmendments_areThoseOfMutate(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            MockServerHttpRequest.BaseBuilder<?> builder = MockServerHttpRequest.get("/orders");
            for (int i = random.nextInt(4); i > 0; i--) {
                builder.header(NAMES.get(random.nextInt(NAMES.size())), "client" + i);
            }
            ServerHttpRequest amended = builder.build();
            ServerHttpRequest mutated = amended;
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                List<String> removed = some(random);
                Map<String, String> set =
                        random.nextBoolean()
                                ? Map.of(NAMES.get(random.nextInt(NAMES.size())), "value" + i)
                                : Map.of();
                amended = AmendedRequest.of(amended, removed, set);
                mutated =
                        mutated.mutate()
                                .headers(
                                        all -> {
                                            removed.forEach(all::remove);
                                            set.forEach(all::set);
                                        })
                                .build();
            }
            for (String name : NAMES) {
                assertThat(AmendedRequest.first(amended, name))
                        .as("seed %d, round %d, %s", seed, round, name)
                        .isEqualTo(mutated.getHeaders().getFirst(name));
            }
            assertThat(values(amended))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(values(mutated));
        }
    }

    private static List<String> some(Random random) {
        List<String> names = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            names.add(NAMES.get(random.nextInt(NAMES.size())));
        }
        return names;
    }

    private static Map<String, List<String>> values(ServerHttpRequest request) {
        Map<String, List<String>> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        request.getHeaders().forEach(values::put);
        return values;
    }

    @Test
    void of_amendedRequest_isAmendedOnce() {
        ServerHttpRequest plain = MockServerHttpRequest.get("/").build();
        AmendedRequest first = AmendedRequest.of(plain, List.of("A"), Map.of("X-User", "ada"));
        AmendedRequest second = AmendedRequest.of(first, List.of("B"), Map.of("x-user", "bob"));

        assertThat(second.getDelegate()).isSameAs(plain);
        assertThat(second.removed()).containsExactly("A", "B");
        assertThat(second.set()).containsExactly(Map.entry("x-user", "bob"));
        assertThat(AmendedRequest.unamended(second)).isSameAs(plain);
        assertThat(AmendedRequest.unamended(plain)).isSameAs(plain);
    }

    @Test
    void getHeaders_areReadOnly() {
        HttpHeaders headers =
                AmendedRequest.of(
                                MockServerHttpRequest.get("/").build(),
                                List.of(),
                                Map.of("X-User", "ada"))
                        .getHeaders();
        assertThatThrownBy(() -> headers.set("X-User", "bob"))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void mutate_keepsWhatWasAmended() {
        ServerHttpRequest mutated =
                AmendedRequest.of(
                                MockServerHttpRequest.get("/").header("Authorization", "x").build(),
                                List.of("authorization"),
                                Map.of("X-User", "ada"))
                        .mutate()
                        .header("X-More", "1")
                        .build();
        assertThat(mutated.getHeaders().getFirst("X-User")).isEqualTo("ada");
        assertThat(mutated.getHeaders().containsHeader("Authorization")).isFalse();
        assertThat(mutated.getHeaders().getFirst("X-More")).isEqualTo("1");
    }
}
