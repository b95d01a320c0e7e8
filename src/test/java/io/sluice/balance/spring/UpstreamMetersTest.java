package io.sluice.balance.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.upstream.EndpointSource;
import io.sluice.upstream.EndpointStates;
import io.sluice.upstream.Outcome;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UpstreamMetersTest {

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final EndpointStates states = new EndpointStates();
    private final UpstreamMeters meters = new UpstreamMeters(registry, "orders");

    private void instances(String... ids) {
        meters.instances(Set.of(ids), states::state);
    }

    private Set<String> instancesShown() {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(id -> id.getTag("instance"))
                .filter(id -> id != null)
                .collect(Collectors.toSet());
    }

    @Test
    void instances_thatWent_leaveNoSeriesBehind() {
        instances("a:1");
        int atFirst = registry.getMeters().size();
        for (int i = 0; i < 200; i++) {
            int round = i;
            instances(
                    IntStream.range(0, 5)
                            .mapToObj(n -> "pod-" + (round + n) + ":8080")
                            .toArray(String[]::new));
            meters.ended("pod-" + i + ":8080", Outcome.SUCCESS, 1_000_000);
        }
        instances("a:1");

        assertThat(instancesShown()).containsExactly("a:1");
        assertThat(registry.getMeters()).hasSize(atFirst);
        assertThat(registry.scrape()).doesNotContain("pod-");
    }

    @Test
    void ended_afterItsInstanceWent_bringsNoSeriesBack() {
        instances("a:1", "b:1");
        instances("a:1");

        meters.ended("b:1", Outcome.SUCCESS, 1_000_000);

        assertThat(registry.scrape()).doesNotContain("b:1");
    }

    @Test
    void instances_thatComeBack_countOn() {
        instances("a:1");
        instances();
        instances("a:1");
        states.state("a:1").acquire(0);
        meters.ended("a:1", Outcome.SERVER_ERROR, 1_000_000);

        assertThat(registry.scrape())
                .contains("sluice_upstream_inflight{instance=\"a:1\",upstream=\"orders\"} 1.0")
                .containsPattern(
                        "requests_seconds_count\\{instance=\"a:1\",outcome=\"server_error\",upstream=\"orders\"} 1");
    }

    @Test
    void source_inTrouble_isZero() {
        TroubledSource source = new TroubledSource();
        meters.source(source);
        assertThat(registry.scrape())
                .contains("sluice_upstream_source_up{upstream=\"orders\"} 1.0");

        source.trouble = "away";

        assertThat(registry.scrape())
                .contains("sluice_upstream_source_up{upstream=\"orders\"} 0.0");
    }

    private static final class TroubledSource implements EndpointSource {

        private String trouble;

        @Override
        public void start(Consumer<List<io.sluice.upstream.Endpoint>> onChange) {}

        @Override
        public void stop() {}

        @Override
        public String trouble() {
            return trouble;
        }

        @Override
        public String kind() {
            return "test";
        }
    }
}
