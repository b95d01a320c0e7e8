package io.sluice.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashKeysTest {

    @ParameterizedTest
    @CsvSource({"'', ef46db3751d8e999", "a, d24ec4f1a98c6e5b", "abc, 44bc2cf5ad770999"})
    void of_text_isXxh64(String text, String hash) {
        assertThat(Long.toHexString(HashKeys.of(text))).isEqualTo(hash);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7,            192.0.2.7:4711",
        "192.0.2.7,            ::ffff:192.0.2.7",
        "192.0.2.7,            [::ffff:c000:207]:80",
        "192.0.2.7,            ' 192.0.2.7 '",
        "2001:db8::1,          2001:db8:0:0:ffff:1:2:3",
        "2001:db8::1,          [2001:DB8::9]:443",
        "2001:db8::1,          2001:db8::1%eth0",
        "2001:db8::1,          2001:0db8:0000:0000:0000:0000:192.0.2.1",
        "fe80::1,              fe80::2%25en0",
        "::,                   ::1",
    })
    void ofAddress_sameClient_sameHash(String one, String other) {
        assertThat(HashKeys.ofAddress(one, HashKeys.WHOLE_IPV4)).isPresent();
        assertThat(HashKeys.ofAddress(other, HashKeys.WHOLE_IPV4))
                .isEqualTo(HashKeys.ofAddress(one, HashKeys.WHOLE_IPV4));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7,   192.0.2.8",
        "2001:db8::1, 2001:db8:0:1::1",
        "192.0.2.7,   ::192.0.2.7",
        "::ffff:1.2.3.4, ::fffe:1.2.3.4"
    })
    void ofAddress_otherClient_otherHash(String one, String other) {
        assertThat(HashKeys.ofAddress(one, 32)).isPresent();
        assertThat(HashKeys.ofAddress(other, 32))
                .isPresent()
                .isNotEqualTo(HashKeys.ofAddress(one, 32));
    }

    @ParameterizedTest
    @CsvSource({
        "24, 192.0.2.200, true",
        "24, 192.0.3.7, false",
        "20, 192.0.15.7, true",
        "20, 192.0.16.7, false",
        "1, 255.0.0.1, true",
        "1, 127.0.0.1, false"
    })
    void ofAddress_prefix_decidesWhatCounts(int prefix, String other, boolean same) {
        long hash = HashKeys.ofAddress("192.0.2.7", prefix).orElseThrow();

        assertThat(HashKeys.ofAddress(other, prefix).orElseThrow() == hash).isEqualTo(same);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unknown",
                "_hidden",
                "localhost",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.",
                "1.2.3.-4",
                "1.2.3.+4",
                "1.2.3.٤",
                "0001.2.3.4",
                "1.2.3.4:",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4::5:6:7:8",
                "12345::",
                "g::",
                "[::1",
                "1.2.3.4::",
                "::1.2.3",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1.2.3.4:5:6",
                "%eth0",
                "[]"
            })
    void ofAddress_noAddress_empty(String text) {
        if (text.equals("1.2.3.4:")) {
            assertThat(HashKeys.ofAddress(text, 32)).isEqualTo(HashKeys.ofAddress("1.2.3.4", 32));
        } else {
            assertThat(HashKeys.ofAddress(text, 32)).as(text).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "2001:db8:1:2:3:4:5:6", "::1", "fe80::", "1::8"})
    void ofAddress_asObject_sameAsText(String text) throws Exception {
        assertThat(HashKeys.ofAddress(InetAddress.getByName(text), 24))
                .isEqualTo(HashKeys.ofAddress(text, 24).orElseThrow());
    }

    @Test
    void parse_longForm_isTheSameBytesAsTheJdks() throws Exception {
        for (String text :
                new String[] {
                    "1:2:3:4:5:6:7:8",
                    "::",
                    "1::",
                    "::8",
                    "1:2::7:8",
                    "a:b:c:d:e:f:1.2.3.4",
                    "1:2:3:4:5:6:7::"
                }) {
            assertThat(IpLiteral.parse(text)).hasValue(InetAddress.getByName(text).getAddress());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 33, -1})
    void ofAddress_badPrefix_refused(int prefix) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HashKeys.ofAddress("1.2.3.4", prefix))
                .withMessageContaining("ipv4Prefix: " + prefix);
    }
}
