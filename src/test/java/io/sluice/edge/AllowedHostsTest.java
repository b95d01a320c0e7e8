package io.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {

    private final AllowedHosts hosts =
            new AllowedHosts(List.of("Shop.example.com", "*.example.net", "[2001:db8::1]"));

    @Test
    void allow_withoutASetting_takesAny() {
        AllowedHosts any = new AllowedHosts(List.of());
        assertThat(any.allow("anything")).isTrue();
        assertThat(any.allow("")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shop.example.com",
                "SHOP.EXAMPLE.COM:8443",
                "a.example.net",
                "a.b.example.net:80",
                "[2001:db8::1]",
                "[2001:DB8::1]:8080"
            })
    void allow_namedHosts_inAnyCaseAndOnAnyPort(String host) {
        assertThat(hosts.allow(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.com",
                "x.shop.example.com",
                "shop.example.com.",
                "shop.example.com.evil",
                "example.net",
                ".example.net",
                "evilexample.net",
                "[2001:db8::2]"
            })
    void allow_otherHosts_never(String host) {
        assertThat(hosts.allow(host)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop", "*.shop.example", "10.0.0.1", "[::1]"})
    void isHost_namesAndAddresses(String text) {
        assertThat(AllowedHosts.isHost(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "*.", "a.*", "a:80", "http://a", "a b", "a..b", "[::1]:80"})
    void isHost_nothingElse(String text) {
        assertThat(AllowedHosts.isHost(text)).isFalse();
    }
}
