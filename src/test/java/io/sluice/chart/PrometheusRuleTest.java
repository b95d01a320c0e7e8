package io.sluice.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** The alerts that the chart renders, checked and run against series by promtool. */
class PrometheusRuleTest {
    private static final Path CASES = Path.of("src/test/resources/alerts-test.yml");

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"alerts", "sentinel-tls"})
    void rules_everyScenario_passPromtool(String scenario) throws Exception {
        Promtool promtool = new Promtool();
        writeRules(scenario);
        assertThat(promtool.run(directory, "check", "rules", "rules.yml")).contains("SUCCESS");
    }

    @Test
    void rules_onSeries_fireAndStaySilentAsTheCasesSay() throws Exception {
        Promtool promtool = new Promtool();
        writeRules("alerts");
        Files.copy(CASES, directory.resolve("cases.yml"));
        assertThat(promtool.run(directory, "test", "rules", "cases.yml")).contains("SUCCESS");
    }

    /** An alert without a case that makes it fire is found here, promtool or not. */
    @Test
    void cases_everyAlert_hasOneInWhichItFires() throws Exception {
        String cases = Files.readString(CASES);
        for (String alert : alerts()) {
            assertThat(cases).contains("alertname: " + alert + "\n").contains("exp_alerts:\n");
            assertThat(cases.split("alertname: " + alert + "\n")[1].lines().findFirst().orElse(""))
                    .as(alert + " fires")
                    .contains("exp_alerts:");
        }
    }

    @Test
    void thresholds_areTheValues() {
        String rules = Chart.scenario("alerts").the("PrometheusRule").content().toString();
        assertThat(rules).contains("> 0.01").contains("> 0.5").contains("edge:requests:rate5m");
        assertThat(rules).contains("job=\"rel-sluice-management\"");
        assertThat(rules).doesNotContain("JOB", "ERROR_RATIO", "LATENCY_SECONDS");
        assertThat(Chart.scenario("sentinel-tls").the("PrometheusRule").content().toString())
                .contains("job=\"edge/gateways\"");
    }

    private static List<String> alerts() {
        return Chart.scenario("alerts").the("PrometheusRule").list("spec", "groups").stream()
                .flatMap(group -> ((List<?>) group.get("rules")).stream())
                .map(rule -> ((Map<?, ?>) rule).get("alert"))
                .filter(name -> name != null)
                .map(String::valueOf)
                .toList();
    }

    private void writeRules(String scenario) throws Exception {
        Map<String, Object> spec = Chart.scenario(scenario).the("PrometheusRule").map("spec");
        Files.writeString(directory.resolve("rules.yml"), new Yaml().dump(spec));
    }
}
