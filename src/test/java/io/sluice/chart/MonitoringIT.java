package io.sluice.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.Gateway;
import io.sluice.it.JvmDiagnostics;
import io.sluice.it.TestUpstream;
import io.sluice.ratelimit.redis.RedisProcess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every series and label that the dashboard and the alerts ask for is one that a gateway shows. */
class MonitoringIT {
    /** Those that Prometheus adds to every series of a target, and the bounds of a histogram. */
    private static final Set<String> OF_THE_TARGET = Set.of("job", "pod", "namespace");

    private static final Pattern SERIES =
            Pattern.compile("\\b((?:sluice|jvm|process|system)_[a-z_]+)(?:\\{([^}]*)})?");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)\\s*(?:=~|!=|!~|=)");
    private static final Pattern BY = Pattern.compile("\\bby \\(([^)]*)\\)");
    private static final Pattern SAMPLE = Pattern.compile("^([a-z_]+)(?:\\{(.*)})? .*$");

    @Test
    void queries_ofDashboardAndAlerts_askForWhatTheGatewayShows() {
        Map<String, Set<String>> shown = shown();
        List<String> queries = queries();
        assertThat(queries).hasSizeGreaterThan(30);
        List<String> missing = new ArrayList<>();
        for (String query : queries) {
            check(query, shown, missing);
        }
        assertThat(missing).isEmpty();
    }

    private static void check(String query, Map<String, Set<String>> shown, List<String> missing) {
        Set<String> labelsOfAll = new HashSet<>(OF_THE_TARGET);
        Matcher series = SERIES.matcher(query);
        assertThat(series.find()).as(query).isTrue();
        do {
            Set<String> labels = shown.get(series.group(1));
            if (labels == null) {
                missing.add(series.group(1) + " in " + query);
                continue;
            }
            labelsOfAll.addAll(labels);
            if (series.group(2) != null) {
                Matcher label = LABEL.matcher(series.group(2));
                while (label.find()) {
                    if (!labels.contains(label.group(1))
                            && !OF_THE_TARGET.contains(label.group(1))) {
                        missing.add(series.group(1) + "{" + label.group(1) + "} in " + query);
                    }
                }
            }
        } while (series.find());
        Matcher by = BY.matcher(query);
        while (by.find()) {
            for (String label : by.group(1).split(", *")) {
                if (!labelsOfAll.contains(label)) {
                    missing.add("by " + label + " in " + query);
                }
            }
        }
    }

    private static List<String> queries() {
        List<String> queries = new ArrayList<>();
        Manifests manifests = Chart.scenario("alerts");
        for (Map<String, Object> group : manifests.the("PrometheusRule").list("spec", "groups")) {
            for (Object rule : (List<?>) group.get("rules")) {
                String expression = String.valueOf(((Map<?, ?>) rule).get("expr"));
                if (!expression.startsWith("absent(up{")) {
                    queries.add(expression);
                }
            }
        }
        String dashboard =
                manifests.all().stream()
                        .filter(manifest -> manifest.name().endsWith("-dashboard"))
                        .findFirst()
                        .orElseThrow()
                        .text("data", "sluice.json");
        for (JsonNode panel : JsonMapper.builder().build().readTree(dashboard).get("panels")) {
            panel.path("targets").forEach(target -> queries.add(target.get("expr").asString()));
        }
        return queries;
    }

    /** Names and labels of every series after a little traffic of each kind. */
    private static Map<String, Set<String>> shown() {
        String yaml =
                """
                spring:
                  data.redis.url: redis://127.0.0.1:%d
                  cloud.gateway.server.webflux.routes:
                    - id: all
                      uri: lb://up
                      predicates: [ "Path=/**" ]
                      filters: [ "RateLimit=small" ]
                sluice:
                  rate-limits:
                    small: { key: ip, capacity: 10, refill-tokens: 1, refill-period: 1s }
                  upstreams.up.instances: [ { uri: "%s" } ]
                """;
        try (RedisProcess redis = RedisProcess.start();
                TestUpstream upstream = TestUpstream.start("up").keep(false);
                Gateway gateway = Gateway.start(yaml.formatted(redis.port(), upstream.uri()))) {
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.get("/some").statusCode()).isEqualTo(200);
            }
            // A collection, so that its timer is there.
            new JvmDiagnostics(gateway.pid()).collect();
            Map<String, Set<String>> shown = new HashMap<>();
            gateway.manage("/actuator/prometheus").body().lines().forEach(line -> add(line, shown));
            return shown;
        }
    }

    private static void add(String line, Map<String, Set<String>> shown) {
        Matcher sample = SAMPLE.matcher(line);
        if (line.startsWith("#") || !sample.matches()) {
            return;
        }
        Set<String> labels = shown.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
        if (sample.group(2) != null) {
            Matcher label = LABEL.matcher(sample.group(2));
            while (label.find()) {
                labels.add(label.group(1));
            }
        }
    }
}
