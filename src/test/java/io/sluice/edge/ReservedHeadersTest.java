package io.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReservedHeadersTest {

    private final ReservedHeaders headers = new ReservedHeaders(List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Forwarded",
                "X-Forwarded-For",
                "x-forwarded-anything",
                "X-Forwarded",
                "X-Forwarded-Client-Cert",
                "X-Real-IP",
                "X-Client-IP",
                "True-Client-IP",
                "X-Envoy-External-Address",
                "X-Original-URL",
                "X-Rewrite-URL",
                "X-HTTP-Method-Override",
                "Client-Cert",
                "X-Client-Cert",
                "X-Client-Certificate",
                "X-SSL-Client-Verify",
                "SSL-Client-S-DN"
            })
    void removes_plainSpelling_unlessAProxyIsBelieved(String name) {
        assertThat(headers.removes(name, false)).isTrue();
        assertThat(headers.removes(name, true)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X_Forwarded_For",
                "x.forwarded.for",
                "X-Forwarded_For",
                "X~Forwarded~For",
                "X_Real-IP",
                "x_original_url",
                "Client_Cert",
                "Proxy",
                "PROXY",
                "Proxy_Connection",
                "HTTP2-Settings"
            })
    void removes_otherSpellingsAndWhatServesNobody_always(String name) {
        assertThat(headers.removes(name, false)).isTrue();
        assertThat(headers.removes(name, true)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Accept",
                "Authorization",
                "X-Request-Id",
                "X-Forwardedly",
                "X-Forward",
                "Forwarded-By-Us",
                "XForwardedFor",
                "X-Real-IP-Address",
                "Proxy-Authorization",
                "Client-Certificate",
                ""
            })
    void removes_others_never(String name) {
        assertThat(headers.removes(name, false)).isFalse();
    }

    @Test
    void removes_passedNames_noMore() {
        ReservedHeaders some =
                new ReservedHeaders(List.of("X-HTTP-Method-Override", "x_original_url", "proxy"));
        assertThat(some.removes("x-http-method-override", false)).isFalse();
        assertThat(some.removes("X-Original-URL", false)).isFalse();
        assertThat(some.removes("Proxy", false)).isFalse();
        assertThat(some.removes("X-Rewrite-URL", false)).isTrue();
    }
}
