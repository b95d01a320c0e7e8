package io.sluice.auth.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.Algorithm;
import io.sluice.auth.KeySetPolicy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Mono;

class IssuerKeysHealthIndicatorTest {

    private final FetchedKeys keys =
            new FetchedKeys(
                    "https://id.example.com/",
                    Set.of(Algorithm.RS256),
                    Mono.just("no key set"),
                    KeySetPolicy.DEFAULT,
                    () -> 0L,
                    () -> 0L,
                    new KeyMeters(null, "https://id.example.com/"));
    private final IssuerKeysHealthIndicator health =
            new IssuerKeysHealthIndicator(
                    () ->
                            new TokenCheck(
                                    null,
                                    null,
                                    Map.of("https://id.example.com/", keys),
                                    null,
                                    null));

    @Test
    void health_beforeAnyToken_isUp() {
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void health_lastFetchFailed_isDownAndNamesTheIssuer() {
        keys.forToken(Algorithm.RS256, "a").block();

        Health down = health.health();

        assertThat(down.getStatus()).isEqualTo(Status.DOWN);
        assertThat(down.getDetails()).containsEntry("failing", List.of("https://id.example.com/"));
    }
}
