package io.sluice.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestartKeysTest {

    @ParameterizedTest
    @CsvSource({
        "server.port, true",
        "spring.data.redis.url, true",
        "spring.cloud.gateway.server.webflux.httpclient.connect-timeout, true",
        "spring.cloud.gateway.server.webflux.routes[0].uri, false",
        "spring.cloud.gateway.server.webflux.defaultFilters[0], false",
        "spring.ssl.bundle.pem.a.keystore.certificate, false",
        "spring.ssl.bundle.watch.file.quiet-period, true",
        "sluice.upstreams.a.timeouts.connect, false",
        "sluice.upstreams-of-mine, true",
        "sluice.auth.issuers[0].issuer, false",
        "sluice.auth.token_cache_size, true",
        "sluice.auth.revocation.on-store-failure, false",
        "sluice.auth.revocation.enabled, true",
        "sluice.edge.max-headers, false",
        "sluice.edge.max-connections, true",
        "logging.level.root, false",
        "logging.pattern.console, true",
        "my.own.key, false"
    })
    void needsRestart_key_isKnownBySpelling(String key, boolean needed) {
        assertThat(RestartKeys.needsRestart(key)).isEqualTo(needed);
    }

    @Test
    void changed_changedAddedAndRemoved_areNamedSorted() {
        Map<String, String> before =
                Map.of("server.port", "1", "server.a", "1", "server.same", "1", "sluice.zone", "a");
        Map<String, String> now =
                Map.of("server.port", "2", "server.b", "1", "server.same", "1", "sluice.zone", "b");
        assertThat(RestartKeys.changed(before, now))
                .containsExactly("server.a", "server.b", "server.port");
    }

    @Test
    void hash_orderOfKeys_makesNoDifferenceAndOrderOfSourcesDoes() {
        Map<String, String> one = Map.of("a", "1", "b", "2");
        Map<String, String> other = Map.of("b", "3");
        String hash = ConfigurationHash.of(List.of(one, other));
        assertThat(hash).matches("[0-9a-f]{12}");
        assertThat(ConfigurationHash.of(List.of(Map.of("b", "2", "a", "1"), other)))
                .isEqualTo(hash);
        assertThat(ConfigurationHash.of(List.of(other, one))).isNotEqualTo(hash);
        assertThat(ConfigurationHash.of(List.of(Map.of("a", "1"), Map.of("b", "2"))))
                .isNotEqualTo(ConfigurationHash.of(List.of(one)));
    }

    @Test
    void status_activatedAndRefused_countsAndKeepsTheLastRefusal() {
        ReloadStatus first = new ReloadStatus(1, "a", Instant.EPOCH, true, Set.of(), null);
        Refusal refusal = new Refusal(null, 0, "k", "v", "r", Instant.EPOCH);
        ReloadStatus next =
                first.refused(refusal).activated("b", Instant.MAX, Set.of("server.port"));
        assertThat(next)
                .isEqualTo(
                        new ReloadStatus(
                                2, "b", Instant.MAX, false, Set.of("server.port"), refusal));
    }
}
