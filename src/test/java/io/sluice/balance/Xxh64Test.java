package io.sluice.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import net.openhft.hashing.LongHashFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Xxh64Test {

    private static final long SEED = 20261124;

    @ParameterizedTest
    @CsvSource({"'', ef46db3751d8e999", "a, d24ec4f1a98c6e5b", "abc, 44bc2cf5ad770999"})
    void hash_knownText_isThePublishedValue(String text, String hex) {
        assertThat(Xxh64.hash(text.getBytes(StandardCharsets.UTF_8), 0))
                .isEqualTo(Long.parseUnsignedLong(hex, 16));
    }

    @Test
    void hash_anyBytesAndSeed_agreesWithAnotherImplementation() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 20_000; i++) {
            byte[] data = new byte[random.nextInt(150)];
            random.nextBytes(data);
            int from = data.length == 0 ? 0 : random.nextInt(data.length);
            int length = random.nextInt(data.length - from + 1);
            long seed = random.nextBoolean() ? 0 : random.nextLong();
            assertThat(Xxh64.hash(data, from, length, seed))
                    .as("seed %d, round %d", SEED, i)
                    .isEqualTo(LongHashFunction.xx(seed).hashBytes(data, from, length));
        }
    }

    @Test
    void hash_anyLong_agreesWithAnotherImplementation() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 20_000; i++) {
            long value = random.nextLong();
            long seed = random.nextLong();
            assertThat(Xxh64.hash(value, seed))
                    .as("seed %d, round %d", SEED, i)
                    .isEqualTo(LongHashFunction.xx(seed).hashLong(value));
        }
    }

    @Test
    void hash_rangeOutsideTheArray_isRefused() {
        assertThatThrownBy(() -> Xxh64.hash(new byte[4], 2, 3, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
