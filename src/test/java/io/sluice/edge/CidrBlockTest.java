package io.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrBlockTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, true",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, 9.255.255.255, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "10.0.0.0/8, ::a00:1, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7/32, 192.0.2.8, false",
        "172.16.0.0/12, 172.31.255.255, true",
        "172.16.0.0/12, 172.32.0.0, false",
        "::/0, 2001:db8::1, true",
        "::/0, 10.0.0.1, false",
        "::1, ::1, true",
        "::1, ::2, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::1, false",
        "2001:db8::/64, 2001:db8::ffff:ffff:ffff:ffff, true",
        "2001:db8::/64, 2001:db8:0:1::, false",
        "2001:db8::/96, 2001:db8::ffff:1, true",
        "2001:db8::/96, 2001:db8::1:0:1, false",
        "2001:db8::8/125, 2001:db8::f, true",
        "2001:db8::8/125, 2001:db8::10, false",
        "::ffff:10.0.0.0/104, 10.9.9.9, true",
        "::ffff:10.0.0.0/104, 11.9.9.9, false",
        "::ffff:0:0/96, 8.8.8.8, true"
    })
    void contains_address_asTheBlockSays(String block, String address, boolean inside) {
        CidrBlock parsed = CidrBlock.parse(block);
        ClientAddress candidate = ClientAddress.parse(address);
        assertThat(parsed).isNotNull();
        assertThat(candidate).isNotNull();
        assertThat(parsed.contains(candidate)).isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/08",
                "10.0.0.0/8x",
                "10.0.0.0/1000",
                "10.0.0.0/8/8",
                "10.0.0.0/255.0.0.0",
                "10.0.0.1/8",
                "10.0.0/8",
                "10.0.0.0:80/8",
                "::1/64",
                "::/129",
                "fe80::1%eth0",
                "[::1]/128",
                "::ffff:10.0.0.0/95",
                "localhost",
                "example.com/8",
                " 10.0.0.0/8"
            })
    void parse_notABlock_isNull(String text) {
        assertThat(CidrBlock.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8, 10.0.0.0/8", "FD00::/8, fd00::/8", "::ffff:10.0.0.0/104, 10.0.0.0/8"})
    void toString_block_isCanonical(String text, String canonical) {
        assertThat(CidrBlock.parse(text)).hasToString(canonical);
    }
}
