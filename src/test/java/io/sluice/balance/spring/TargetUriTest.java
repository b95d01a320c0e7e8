package io.sluice.balance.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.upstream.Endpoint;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetUriTest {

    private static Endpoint endpoint(String scheme, String host) {
        return new Endpoint(scheme, host, 8080, 1, null, Map.of());
    }

    @Test
    void of_encodedPathAndQuery_stayAsTheyAre() {
        URI request = URI.create("lb://orders/a%20b/%C3%A9;v=1?q=%2F&r=a+b");

        assertThat(TargetUri.of(endpoint("http", "10.0.0.1"), null, request))
                .hasToString("http://10.0.0.1:8080/a%20b/%C3%A9;v=1?q=%2F&r=a+b");
    }

    @Test
    void of_ipv6Endpoint_isBracketed() {
        assertThat(TargetUri.of(endpoint("https", "2001:db8::1"), null, URI.create("lb://o/x")))
                .hasToString("https://[2001:db8::1]:8080/x");
    }

    @ParameterizedTest
    @CsvSource({
        "http, ws, ws",
        "https, ws, wss",
        "http, wss, ws",
        "https, http, https",
        "http, no, no"
    })
    void of_schemePrefix_followsTheEndpointsSecurity(String own, String asked, String used) {
        assertThat(TargetUri.of(endpoint(own, "h"), asked, URI.create("ws://orders/x")).getScheme())
                .isEqualTo(used);
    }
}
