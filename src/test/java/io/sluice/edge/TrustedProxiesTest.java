package io.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrustedProxiesTest {

    private static final List<String> NOTHING = List.of();

    private final TrustedProxies proxies =
            TrustedProxies.of("sluice.trusted-proxies", List.of("10.0.0.0/8", "fd00::/8"));

    @Test
    void clientOf_nobodyTrusted_isThePeer() {
        String client =
                TrustedProxies.NONE.clientOf(
                        "192.0.2.9", List.of("6.6.6.6"), List.of("for=6.6.6.6"));
        assertThat(client).isEqualTo("192.0.2.9");
    }

    @Test
    void clientOf_untrustedPeer_isThePeer() {
        assertThat(proxies.clientOf("192.0.2.9", List.of("6.6.6.6"), List.of("for=6.6.6.6")))
                .isEqualTo("192.0.2.9");
    }

    @Test
    void clientOf_peerWithoutAddress_isEmpty() {
        assertThat(proxies.clientOf("", List.of("6.6.6.6"), NOTHING)).isEmpty();
        assertThat(proxies.clientOf("localhost", NOTHING, NOTHING)).isEmpty();
    }

    @Test
    void clientOf_trustedPeerWithoutHeaders_isThePeer() {
        assertThat(proxies.clientOf("::ffff:10.0.0.7", NOTHING, NOTHING)).isEqualTo("10.0.0.7");
    }

    @Test
    void clientOf_forgedEntriesOnTheLeft_isRightmostUntrusted() {
        assertThat(proxies.clientOf("10.0.0.7", List.of("6.6.6.6, 192.0.2.1"), NOTHING))
                .isEqualTo("192.0.2.1");
    }

    @Test
    void clientOf_chainOfProxies_walksOverTrustedOnes() {
        assertThat(
                        proxies.clientOf(
                                "10.0.0.7",
                                List.of("6.6.6.6,192.0.2.1 , fd00::1,10.0.0.3"),
                                NOTHING))
                .isEqualTo("192.0.2.1");
    }

    @Test
    void clientOf_severalLines_readsTheLastLineFirst() {
        assertThat(
                        proxies.clientOf(
                                "10.0.0.7", List.of("6.6.6.6", "192.0.2.1", "10.0.0.3"), NOTHING))
                .isEqualTo("192.0.2.1");
    }

    @Test
    void clientOf_everyHopTrusted_isTheLeftmost() {
        assertThat(proxies.clientOf("10.0.0.7", List.of("10.0.0.1, 10.0.0.2"), NOTHING))
                .isEqualTo("10.0.0.1");
    }

    @Test
    void clientOf_garbage_lastKnownAddressStands() {
        for (String garbage : List.of("unknown", "", "example.com", "1.2.3", "'; DROP", "::g")) {
            assertThat(
                            proxies.clientOf(
                                    "10.0.0.7",
                                    List.of("6.6.6.6," + garbage + ",10.0.0.3"),
                                    NOTHING))
                    .as(garbage)
                    .isEqualTo("10.0.0.3");
        }
        assertThat(proxies.clientOf("10.0.0.7", List.of(""), NOTHING)).isEqualTo("10.0.0.7");
    }

    @Test
    void clientOf_portsAndZones_areCut() {
        assertThat(proxies.clientOf("10.0.0.7", List.of("192.0.2.1:4711"), NOTHING))
                .isEqualTo("192.0.2.1");
        assertThat(proxies.clientOf("fd00::1%eth0", List.of("[2001:DB8::0:1]:4711"), NOTHING))
                .isEqualTo("2001:db8::1");
    }

    @Test
    void clientOf_forwarded_readsFor() {
        assertThat(
                        proxies.clientOf(
                                "10.0.0.7",
                                NOTHING,
                                List.of(
                                        "for=6.6.6.6, For=\"[2001:db8::1]:4711\";proto=https;"
                                                + "host=\"a,b;c\";by=10.0.0.1",
                                        "by=10.0.0.2 ; for=10.0.0.3:80")))
                .isEqualTo("2001:db8::1");
    }

    @Test
    void clientOf_forwardedQuoteLeftOpenByClient_doesNotSwallowTheProxysElement() {
        assertThat(proxies.clientOf("10.0.0.7", NOTHING, List.of("for=\"6.6.6.6, for=192.0.2.1")))
                .isEqualTo("192.0.2.1");
        assertThat(
                        proxies.clientOf(
                                "10.0.0.7",
                                NOTHING,
                                List.of("host=\"\\\", for=6.6.6.6\", for=192.0.2.1")))
                .isEqualTo("192.0.2.1");
    }

    @Test
    void clientOf_forwardedWithoutOneAddress_lastKnownStands() {
        for (String element :
                List.of(
                        "for=unknown",
                        "for=_hidden",
                        "proto=http",
                        "",
                        "for=1.2.3.4;for=6.6.6.6",
                        "for=\"1.2.3.4",
                        "for=\"",
                        "for=2001:db8::g",
                        "\"for=6.6.6.6\"")) {
            assertThat(proxies.clientOf("10.0.0.7", NOTHING, List.of("for=6.6.6.6," + element)))
                    .as(element)
                    .isEqualTo("10.0.0.7");
        }
    }

    @Test
    void clientOf_bothHeaders_readsXForwardedFor() {
        assertThat(proxies.clientOf("10.0.0.7", List.of("192.0.2.1"), List.of("for=198.51.100.1")))
                .isEqualTo("192.0.2.1");
    }

    @Test
    void trusts_peerText_onlyInsideTheBlocks() {
        assertThat(proxies.trusts("10.9.9.9")).isTrue();
        assertThat(proxies.trusts("::ffff:10.9.9.9")).isTrue();
        assertThat(proxies.trusts("11.0.0.1")).isFalse();
        assertThat(proxies.trusts("nobody")).isFalse();
        assertThat(TrustedProxies.NONE.trusts("10.9.9.9")).isFalse();
    }

    @Test
    void of_badEntry_namesPropertyValueAndExpectation() {
        assertThatThrownBy(
                        () ->
                                TrustedProxies.of(
                                        "sluice.trusted-proxies",
                                        List.of("10.0.0.0/8", "10.0.0.1/8")))
                .isInstanceOf(SettingException.class)
                .hasMessage(
                        "sluice.trusted-proxies[1]: 10.0.0.1/8 (expected: an address or a CIDR block"
                                + " without host bits, such as 10.0.0.0/8 or fd00::/8)");
    }
}
