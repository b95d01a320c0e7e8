package io.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "192.0.2.1:8080, 192.0.2.1",
        "192.0.2.1:_hidden.A-1, 192.0.2.1",
        "::ffff:192.0.2.1, 192.0.2.1",
        "::FFFF:C000:201, 192.0.2.1",
        "[::ffff:192.0.2.1]:443, 192.0.2.1",
        "::, ::",
        "::1, ::1",
        "[::1], ::1",
        "[::1]:65535, ::1",
        "[fe80::1%eth0]:80, fe80::1",
        "fe80::1%eth0.100, fe80::1",
        "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
        "2001:db8::0001, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1::, 1::",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
        "::ffff:0:0:1, ::ffff:0:0:1"
    })
    void parse_literal_isCanonical(String literal, String canonical) {
        ClientAddress address = ClientAddress.parse(literal);
        assertThat(address).isNotNull().hasToString(canonical);
        assertThat(ClientAddress.parse(canonical)).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "example.com",
                "example.com:80",
                "1",
                "2130706433",
                "127.1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.",
                ".1.2.3",
                "01.2.3.4",
                "1.2.3.256",
                "1.2.3.0x4",
                "1.2.3.4 ",
                "1.2.3.4:",
                "1.2.3.4:123456",
                "1.2.3.4:80x",
                "1.2.3.4:_a b",
                "1.2.3.4%eth0",
                "\u0661.2.3.4",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1:2:3:4::5:6:7:8",
                ":1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:",
                "12345::",
                "g::",
                "1.2.3.4::",
                "::1.2.3",
                "::1.2.3.4:5",
                "1:2:3:4:5:6:7:1.2.3.4",
                "fe80::1%",
                "[::1",
                "[]",
                "[1.2.3.4]",
                "[1.2.3.4]:80",
                "[::1]80",
                "[::1]:",
                "[::1]:x",
                "unknown",
                "_hidden",
                "1111:2222:3333:4444:5555:6666:7777:255.255.255.255:1"
            })
    void parse_notALiteral_isNull(String text) {
        assertThat(ClientAddress.parse(text)).isNull();
    }

    @Test
    void parse_endlessInput_isNull() {
        assertThat(ClientAddress.parse("fe80::1%" + "e".repeat(10_000))).isNull();
    }

    @Test
    void text_randomAddresses_agreeWithTheJdk() throws UnknownHostException {
        long seed = 20261124L;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = new byte[16];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = random.nextInt(3) == 0 ? (byte) random.nextInt(256) : 0;
            }
            String jdk = InetAddress.getByAddress(bytes).getHostAddress();
            ClientAddress address = ClientAddress.parse(jdk);
            assertThat(address).as("seed %d, %s", seed, jdk).isNotNull();
            byte[] back = InetAddress.getByName(address.text()).getAddress();
            assertThat(back).as("seed %d, %s", seed, jdk).isEqualTo(bytes);
        }
    }
}
