package io.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {

    private static ClientAddress client(String text) {
        return Objects.requireNonNull(ClientAddress.parse(text));
    }

    @Test
    void opened_oneTooManyOfAClient_refusesThatClientOnly() {
        ConnectionLimits limits = new ConnectionLimits(10, 2);
        ClientAddress greedy = client("192.0.2.1");
        assertThat(limits.opened(greedy)).isNull();
        assertThat(limits.opened(greedy)).isNull();
        assertThat(limits.opened(greedy)).isEqualTo(Cut.CLIENT);
        assertThat(limits.opened(client("192.0.2.2"))).isNull();

        limits.closed(greedy);
        assertThat(limits.opened(greedy)).isNull();
    }

    @Test
    void opened_oneTooManyInAll_refusesAnybody() {
        ConnectionLimits limits = new ConnectionLimits(2, 2);
        limits.opened(client("192.0.2.1"));
        limits.opened(null);
        assertThat(limits.opened(client("192.0.2.2"))).isEqualTo(Cut.TOTAL);
        assertThat(limits.opened(null)).isEqualTo(Cut.TOTAL);

        limits.closed(null);
        assertThat(limits.opened(null)).isNull();
    }

    @Test
    void opened_sameNetworkOfV6_isOneClient() {
        ConnectionLimits limits = new ConnectionLimits(10, 1);
        assertThat(limits.opened(client("2001:db8::1"))).isNull();
        assertThat(limits.opened(client("2001:db8::2"))).isEqualTo(Cut.CLIENT);
        assertThat(limits.opened(client("2001:db8:0:1::1"))).isNull();
    }

    @Test
    void opened_noLimitPerClient_countsInAllOnly() {
        ConnectionLimits limits = new ConnectionLimits(3, 0);
        ClientAddress one = client("192.0.2.1");
        assertThat(limits.opened(one)).isNull();
        assertThat(limits.opened(one)).isNull();
        assertThat(limits.clients()).isZero();
        limits.closed(one);
        assertThat(limits.opened(one)).isNull();
        assertThat(limits.opened(one)).isNull();
        assertThat(limits.opened(one)).isEqualTo(Cut.TOTAL);
    }

    @Test
    void closed_lastOfAClient_forgetsIt() {
        ConnectionLimits limits = new ConnectionLimits(10, 2);
        ClientAddress one = client("192.0.2.1");
        limits.opened(one);
        limits.opened(one);
        limits.opened(one);
        limits.closed(one);
        assertThat(limits.clients()).isEqualTo(1);
        limits.closed(one);
        assertThat(limits.clients()).isZero();
    }
}
