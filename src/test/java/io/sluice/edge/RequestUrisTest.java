package io.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestUrisTest {

    private static final List<URI> CONFIGURED =
            List.of(
                    URI.create("http://a.internal"),
                    URI.create("https://b.internal:8443/base"),
                    URI.create("lb://orders"),
                    URI.create("forward:/local"));

    @ParameterizedTest
    @CsvSource({
        "http://a.internal/x, true",
        "HTTP://A.internal:80/x, true",
        "http://a.internal:81/x, false",
        "https://a.internal/x, false",
        "https://b.internal:8443/other?x=y, true",
        "https://b.internal/other, false",
        "lb://orders/x, true",
        "lb://shop/x, false",
        "http://user@a.internal/x, false",
        "//a.internal/x, false",
        "/x, false",
        "forward:/local, false",
        "file:///etc/passwd, false",
        "http://listed.example/x, false"
    })
    void allow_withoutHosts_takesTargetsOfRoutesOnly(String target, boolean allowed) {
        assertThat(new RequestUris(List.of()).allow(URI.create(target), CONFIGURED))
                .isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "http://listed.example/x, true",
        "wss://LISTED.example:9/x, true",
        "https://a.below.example/x, true",
        "http://below.example/x, false",
        "http://listed.example.evil/x, false",
        "http://me@listed.example/x, false",
        "ftp://listed.example/x, false",
        "ws://elsewhere.example/x, false",
        "http://a.internal/x, true"
    })
    void allow_hosts_areTakenToo(String target, boolean allowed) {
        RequestUris uris = new RequestUris(List.of("listed.example", "*.below.example"));
        assertThat(uris.allow(URI.create(target), CONFIGURED)).isEqualTo(allowed);
    }
}
