package io.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardingTest {

    private static final TrustedProxies PROXIES =
            TrustedProxies.of("p", List.of("10.0.0.0/8", "fd00::/8"));

    private static ForwardingHeaders said(
            String addresses, String proto, String host, String port) {
        return new ForwardingHeaders(
                list(addresses), List.of(), list(proto), list(host), list(port));
    }

    private static List<String> list(String line) {
        return line.isEmpty() ? List.of() : List.of(line);
    }

    @Test
    void of_untrustedPeer_believesNothingOfIt() {
        Forwarding forwarding =
                Forwarding.of(
                        PROXIES,
                        "192.0.2.1",
                        said("6.6.6.6", "https", "evil", "1"),
                        "http",
                        "shop:8080");
        assertThat(forwarding.client()).isEqualTo("192.0.2.1");
        assertThat(forwarding.xForwardedFor()).isEqualTo("192.0.2.1");
        assertThat(forwarding.xForwardedForOfPeer()).isEmpty();
        assertThat(forwarding.forwardedOfPeer()).isEmpty();
        assertThat(forwarding.forwarded()).isEqualTo("for=192.0.2.1;proto=http;host=\"shop:8080\"");
        assertThat(forwarding.scheme()).isEqualTo("http");
        assertThat(forwarding.host()).isEqualTo("shop:8080");
        assertThat(forwarding.port()).isEqualTo(8080);
    }

    @Test
    void of_believedProxies_areKeptUpToTheClient() {
        Forwarding forwarding =
                Forwarding.of(
                        PROXIES,
                        "10.0.0.2",
                        said(
                                "6.6.6.6, 2001:db8::1, 10.0.0.1",
                                "gopher, https, http",
                                "evil, shop, inner:80",
                                "1, 8443, 80"),
                        "http",
                        "inner");
        assertThat(forwarding.xForwardedFor()).isEqualTo("2001:db8::1, 10.0.0.1, 10.0.0.2");
        assertThat(forwarding.xForwardedForOfPeer()).isEqualTo("2001:db8::1, 10.0.0.1");
        assertThat(forwarding.forwarded())
                .isEqualTo(
                        "for=\"[2001:db8::1]\";proto=https;host=\"shop\", for=10.0.0.1,"
                                + " for=10.0.0.2");
        assertThat(forwarding.forwardedOfPeer())
                .isEqualTo("for=\"[2001:db8::1]\";proto=https;host=\"shop\", for=10.0.0.1");
        assertThat(forwarding.port()).isEqualTo(8443);
    }

    @Test
    void of_valuesThatCannotBe_passesOverThem() {
        Forwarding forwarding =
                Forwarding.of(
                        PROXIES, "10.0.0.2", said("", "gopher", "a b", "99999"), "https", "[::1]");
        assertThat(forwarding.client()).isEqualTo("10.0.0.2");
        assertThat(forwarding.scheme()).isEqualTo("https");
        assertThat(forwarding.host()).isEqualTo("[::1]");
        assertThat(forwarding.port()).isEqualTo(443);
    }

    @Test
    void of_peerWithoutAddress_knowsNobody() {
        Forwarding forwarding = Forwarding.of(PROXIES, "", ForwardingHeaders.NONE, "http", "");
        assertThat(forwarding.client()).isEmpty();
        assertThat(forwarding.xForwardedFor()).isEmpty();
        assertThat(forwarding.forwarded()).isEmpty();
        assertThat(forwarding.xForwardedForOfPeer()).isEmpty();
        assertThat(forwarding.port()).isEqualTo(80);
    }

    @Test
    void forwarded_withoutHost_leavesItOut() {
        Forwarding forwarding =
                Forwarding.of(PROXIES, "192.0.2.1", ForwardingHeaders.NONE, "http", "");
        assertThat(forwarding.forwarded()).isEqualTo("for=192.0.2.1;proto=http");
    }

    @Test
    void same_hosts_ignoreCaseAndTheSchemesOwnPort() {
        assertThat(HostRules.same("Shop", "shop:80", "http")).isTrue();
        assertThat(HostRules.same("shop:443", "shop", "https")).isTrue();
        assertThat(HostRules.same("[::1]", "[::1]:80", "http")).isTrue();
        assertThat(HostRules.same("shop:", "shop", "http")).isTrue();
        assertThat(HostRules.same("shop:81", "shop", "http")).isFalse();
        assertThat(HostRules.same("shop", "stop", "http")).isFalse();
        assertThat(HostRules.same("shop:443", "shop", "http")).isFalse();
    }
}
