package io.sluice.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every scenario in {@code helm/sluice/ci}, and what each of them renders. */
class ChartTest {
    private static final Map<String, String> KINDS = new TreeMap<>();

    static {
        String always = "ConfigMap Deployment Pod Service ServiceAccount ";
        KINDS.put(
                "alerts",
                always + "ConfigMap PodDisruptionBudget PrometheusRule Service ServiceMonitor");
        KINDS.put("long-requests", always + "PodDisruptionBudget");
        KINDS.put("redis-ca", always + "NetworkPolicy PodDisruptionBudget");
        KINDS.put("sentinel-tls", always + "PodDisruptionBudget PrometheusRule");
        KINDS.put("default", always + "PodDisruptionBudget");
        KINDS.put("dependency", always + "HorizontalPodAutoscaler");
        KINDS.put(
                "discovery",
                always + "NetworkPolicy PodDisruptionBudget Role Role RoleBinding RoleBinding");
        KINDS.put("extras", always + "ConfigMap ConfigMap PodDisruptionBudget");
        KINDS.put("gateway-api", always + "HTTPRoute NetworkPolicy PodDisruptionBudget");
        KINDS.put("ha", always + "HorizontalPodAutoscaler Ingress PodDisruptionBudget");
        KINDS.put("monitored", always + "NetworkPolicy PodDisruptionBudget Service ServiceMonitor");
        KINDS.put("routes", always + "PodDisruptionBudget");
        KINDS.put("single", "ConfigMap Deployment Pod Service");
    }

    private static final StrictManifests STRICT = new StrictManifests();

    static Stream<String> scenarios() {
        return Chart.files(Chart.SCENARIOS).stream()
                .map(file -> file.getFileName().toString().replace("-values.yaml", ""));
    }

    @Test
    void lint_strict_passes() {
        LintResult result = Chart.helm().lint().strict().call();
        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    }

    @Test
    void scenarios_areThoseOfThisTest() {
        assertThat(scenarios()).containsExactlyElementsOf(KINDS.keySet());
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void manifests_everyScenario_areStrictlyValid(String scenario) {
        Chart.scenario(scenario).all().forEach(STRICT::check);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void manifests_everyScenario_areTheExpectedKinds(String scenario) {
        assertThat(Chart.scenario(scenario).kinds())
                .containsExactlyElementsOf(
                        Stream.of(KINDS.get(scenario).split(" ")).sorted().toList());
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void manifests_everyScenario_haveUniqueNames(String scenario) {
        List<Manifest> all = Chart.scenario(scenario).all();
        assertThat(all.stream().map(one -> one.text("metadata", "namespace") + " " + one))
                .doesNotHaveDuplicates();
        assertThat(all.stream().map(Manifest::toString))
                .allMatch(name -> name.matches("[A-Za-z]+/[a-z0-9-]{1,63}"));
    }

    /**
     * Pod Security "restricted", and more: a read-only root and, unless the gateway has to read
     * EndpointSlices, no token of the API server.
     */
    @ParameterizedTest
    @MethodSource("scenarios")
    void pods_everyScenario_areRestricted(String scenario) {
        Manifests manifests = Chart.scenario(scenario);
        Manifest deployment = manifests.the("Deployment");
        assertRestricted(deployment.map("spec", "template", "spec"), scenario.equals("discovery"));
        assertRestricted(manifests.the("Pod").map("spec"), false);
    }

    @SuppressWarnings("unchecked")
    private static void assertRestricted(Map<String, Object> pod, boolean token) {
        assertThat(pod)
                .containsEntry("automountServiceAccountToken", token)
                .containsEntry("enableServiceLinks", false)
                .doesNotContainKeys("hostNetwork", "hostPID", "hostIPC", "initContainers");
        assertThat((Map<String, Object>) pod.get("securityContext"))
                .containsEntry("runAsNonRoot", true)
                .containsEntry("runAsUser", 65532)
                .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
        for (var volume : (List<Map<String, Object>>) pod.getOrDefault("volumes", List.of())) {
            assertThat(volume.keySet()).isSubsetOf("name", "configMap", "secret", "emptyDir");
        }
        for (var container : (List<Map<String, Object>>) pod.get("containers")) {
            assertThat((Map<String, Object>) container.get("securityContext"))
                    .containsEntry("allowPrivilegeEscalation", false)
                    .containsEntry("readOnlyRootFilesystem", true)
                    .containsEntry("capabilities", Map.of("drop", List.of("ALL")))
                    .doesNotContainKey("privileged");
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void selectors_everyScenario_areImmutableAndPickTheGatewayOnly(String scenario) {
        Manifests manifests = Chart.scenario(scenario);
        Manifest deployment = manifests.the("Deployment");
        Map<String, Object> selector = deployment.map("spec", "selector", "matchLabels");

        assertThat(selector)
                .containsOnlyKeys(
                        "app.kubernetes.io/name",
                        "app.kubernetes.io/instance",
                        "app.kubernetes.io/component");
        assertThat(deployment.map("spec", "template", "metadata", "labels").entrySet())
                .containsAll(selector.entrySet());
        assertThat(manifests.the("Service").map("spec", "selector")).isEqualTo(selector);
        assertThat(manifests.the("Pod").map("metadata", "labels").entrySet())
                .as("the test pod must get no traffic")
                .doesNotContain(Map.entry("app.kubernetes.io/component", "gateway"));
        for (String kind : List.of("PodDisruptionBudget", "NetworkPolicy")) {
            if (manifests.has(kind)) {
                String field = kind.equals("NetworkPolicy") ? "podSelector" : "selector";
                assertThat(manifests.the(kind).map("spec", field, "matchLabels"))
                        .isEqualTo(selector);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void application_everyScenario_carriesTheNumbersOfTheManifests(String scenario) {
        Manifests manifests = Chart.scenario(scenario);
        ApplicationConfig application = new ApplicationConfig(manifests.application());
        Manifest deployment = manifests.the("Deployment");
        Object sleep =
                deployment.at(
                        "spec",
                        "template",
                        "spec",
                        "containers",
                        0,
                        "lifecycle",
                        "preStop",
                        "sleep",
                        "seconds");

        long needed =
                (sleep == null ? 0 : (Integer) sleep)
                        + application.duration("sluice.shutdown.drain").toSeconds()
                        + application
                                .duration("spring.lifecycle.timeout-per-shutdown-phase")
                                .toSeconds()
                        + 5;
        assertThat(needed)
                .isLessThanOrEqualTo(
                        deployment.number(
                                "spec", "template", "spec", "terminationGracePeriodSeconds"));
        assertThat(deployment.list("spec", "template", "spec", "containers").get(0).get("ports"))
                .isEqualTo(
                        List.of(
                                port("http", application.number("server.port")),
                                port("management", application.number("management.server.port"))));
        application.bindStrictly();
    }

    private static Map<String, Object> port(String name, int number) {
        return Map.of("name", name, "containerPort", number, "protocol", "TCP");
    }

    /** The directory is mounted whole where the process is told to look. */
    @ParameterizedTest
    @MethodSource("scenarios")
    void application_everyScenario_isMountedWhereTheProcessLooks(String scenario) {
        Manifests manifests = Chart.scenario(scenario);
        Manifest deployment = manifests.the("Deployment");

        assertThat(manifests.environment().get("SPRING_CONFIG_ADDITIONAL_LOCATION"))
                .containsEntry("value", "file:/etc/sluice/");
        assertThat(deployment.list("spec", "template", "spec", "containers").get(0))
                .extractingByKey("volumeMounts")
                .asList()
                .contains(Map.of("name", "config", "mountPath", "/etc/sluice", "readOnly", true));
        assertThat(deployment.list("spec", "template", "spec", "volumes"))
                .contains(Map.of("name", "config", "configMap", Map.of("name", deployment.name())));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void probes_everyScenario_askTheTrafficPortAndGiveTimeToStart(String scenario) {
        Map<String, Object> container = Chart.scenario(scenario).container();
        Manifest probes = new Manifest("", "", container);
        boolean tls = List.of("gateway-api", "sentinel-tls").contains(scenario);
        String scheme = tls ? "HTTPS" : "HTTP";

        assertThat(probes.at("startupProbe", "httpGet"))
                .isEqualTo(Map.of("path", "/livez", "port", "http", "scheme", scheme));
        assertThat(probes.at("livenessProbe", "httpGet"))
                .isEqualTo(Map.of("path", "/livez", "port", "http", "scheme", scheme));
        assertThat(probes.at("readinessProbe", "httpGet"))
                .isEqualTo(Map.of("path", "/readyz", "port", "http", "scheme", scheme));
        assertThat(
                        probes.number("startupProbe", "periodSeconds")
                                * probes.number("startupProbe", "failureThreshold"))
                .isGreaterThanOrEqualTo(120);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void service_everyScenario_neverExposesTheManagementPort(String scenario) {
        Manifest service = Chart.scenario(scenario).the("Service");
        assertThat(service.list("spec", "ports"))
                .singleElement()
                .satisfies(port -> assertThat(port).containsEntry("targetPort", "http"));
    }

    /**
     * What every scenario renders stands in {@code src/test/resources/golden}, so that a change of
     * the chart shows as a change of manifests. {@code -Dsluice.test.golden=update} writes it anew.
     */
    @ParameterizedTest
    @MethodSource("scenarios")
    void manifests_everyScenario_areTheGoldenOnes(String scenario) throws IOException {
        Path golden = Path.of("src/test/resources/golden", scenario + ".yaml");
        String rendered = Chart.scenarioText(scenario);
        if ("update".equals(System.getProperty("sluice.test.golden"))) {
            Files.createDirectories(golden.getParent());
            Files.writeString(golden, rendered);
        }
        assertThat(rendered).isEqualTo(Files.readString(golden));
    }

    /** {@code lookup} would ask a cluster while rendering; capabilities differ from run to run. */
    @Test
    void templates_neverAskTheCluster() {
        List<String> offending = new ArrayList<>();
        for (Path template : Chart.files(Chart.DIRECTORY.resolve("templates"))) {
            String text = read(template);
            if (text.contains("lookup ") || text.contains(".Capabilities")) {
                offending.add(template.getFileName().toString());
            }
        }
        assertThat(offending).isEmpty();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
