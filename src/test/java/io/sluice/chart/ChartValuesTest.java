package io.sluice.chart;

import static io.sluice.chart.Chart.scenario;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What single values do to the manifests. */
class ChartValuesTest {
    @Test
    void shutdown_preStopZero_leavesTheHookOut() {
        // "sleep: 0" is refused by clusters before 1.33.
        assertThat(scenario("single").container()).doesNotContainKey("lifecycle");
        assertThat(scenario("default").container())
                .containsEntry(
                        "lifecycle", Map.of("preStop", Map.of("sleep", Map.of("seconds", 5))));
    }

    @Test
    void shutdown_exactFit_isAccepted() {
        Manifests manifests =
                Chart.renderText(
                        """
                        shutdown: {preStopSeconds: 10, drain: 8s, timeout: 17s}
                        terminationGracePeriodSeconds: 40
                        """);
        ApplicationConfig application = new ApplicationConfig(manifests.application());
        assertThat(application.duration("sluice.shutdown.drain")).hasSeconds(8);
        assertThat(application.duration("spring.lifecycle.timeout-per-shutdown-phase"))
                .hasSeconds(17);
    }

    @Test
    void rollout_anyReplicas_neverTakesAwayAServingPod() {
        assertThat(scenario("default").the("Deployment").map("spec", "strategy"))
                .isEqualTo(
                        Map.of(
                                "type",
                                "RollingUpdate",
                                "rollingUpdate",
                                Map.of("maxUnavailable", 0, "maxSurge", 1)));
    }

    @Test
    void autoscaling_on_leavesReplicasToTheAutoscaler() {
        Manifests manifests = scenario("ha");
        assertThat(manifests.the("Deployment").map("spec")).doesNotContainKey("replicas");
        Manifest autoscaler = manifests.the("HorizontalPodAutoscaler");
        assertThat(autoscaler.text("spec", "scaleTargetRef", "name"))
                .isEqualTo(manifests.the("Deployment").name());
        assertThat(autoscaler.number("spec", "behavior", "scaleDown", "stabilizationWindowSeconds"))
                .isGreaterThanOrEqualTo(30);
    }

    @Test
    void podDisruptionBudget_severalReplicas_alwaysAllowsUnhealthyPods() {
        Manifest budget = scenario("ha").the("PodDisruptionBudget");
        assertThat(budget.text("spec", "unhealthyPodEvictionPolicy")).isEqualTo("AlwaysAllow");
        assertThat(budget.text("spec", "maxUnavailable")).isEqualTo("10%");
    }

    @Test
    void config_largeNumber_staysAnInteger() {
        ApplicationConfig application = new ApplicationConfig(scenario("routes").application());
        assertThat(application.text("sluice.rate-limits.per-user.capacity")).isEqualTo("10000000");
    }

    @Test
    void config_userRoutes_standBesideTheNumbersOfTheChart() {
        ApplicationConfig application = new ApplicationConfig(scenario("routes").application());
        assertThat(application.text("spring.cloud.gateway.server.webflux.routes[0].uri"))
                .isEqualTo("lb://orders");
        assertThat(application.text("spring.data.redis.url"))
                .isEqualTo("redis://redis.data.svc.cluster.local:6379");
        assertThat(application.number("server.port")).isEqualTo(8080);
    }

    @Test
    void config_changed_changesTheChecksumOfThePods() {
        Object[] checksum = {"spec", "template", "metadata", "annotations", "checksum/config"};
        String plain = scenario("default").the("Deployment").text(checksum);
        Manifests changed = Chart.renderText("config: {sluice: {zone: a}}");

        assertThat(changed.the("Deployment").text(checksum)).isNotEqualTo(plain).hasSize(64);
        assertThat(Chart.renderText("replicaCount: 7").the("Deployment").text(checksum))
                .isEqualTo(plain);
    }

    @Test
    void config_changedWhereNothingRolls_leavesThePodsAsTheyAre() {
        Object[] template = {"spec", "template"};
        String reloaded = "rollOnConfigChange: false\n";
        Manifests before = Chart.renderText(reloaded);
        Manifests after = Chart.renderText(reloaded + "config: {sluice: {zone: a}}");

        assertThat(after.application()).isNotEqualTo(before.application());
        assertThat(after.the("Deployment").map(template))
                .isEqualTo(before.the("Deployment").map(template));
    }

    @Test
    void secrets_named_arriveAsVariablesAndNeverInTheConfigMap() {
        Manifests routes = scenario("routes");
        assertThat(routes.environment().get("SLUICE_MANAGEMENT_TOKEN"))
                .containsEntry("valueFrom", secretKey("sluice-management", "token"));
        assertThat(scenario("gateway-api").environment().get("SPRING_DATA_REDIS_URL"))
                .containsEntry("valueFrom", secretKey("sluice-redis", "redis-url"));
        assertThat(scenario("ha").environment().get("SPRING_DATA_REDIS_PASSWORD"))
                .containsEntry("valueFrom", secretKey("redis-cluster", "redis-password"));
        assertThat(routes.all()).noneMatch(manifest -> manifest.kind().equals("Secret"));
    }

    private static Map<String, Object> secretKey(String name, String key) {
        return Map.of("secretKeyRef", Map.of("name", name, "key", key));
    }

    @Test
    void redis_cluster_isBoundByTheNamesOfSpring() {
        ApplicationConfig application = new ApplicationConfig(scenario("ha").application());
        assertThat(application.text("spring.data.redis.cluster.nodes[2]"))
                .isEqualTo("redis-2.redis.data.svc.cluster.local:6379");
        assertThat(application.text("spring.data.redis.username")).isEqualTo("sluice");
        assertThat(application.text("spring.data.redis.ssl.enabled")).isEqualTo("true");
    }

    @Test
    void redis_sentinel_isBoundByTheNamesOfSpring() {
        ApplicationConfig application = new ApplicationConfig(scenario("monitored").application());
        assertThat(application.text("spring.data.redis.sentinel.master")).isEqualTo("main");
        assertThat(application.text("spring.data.redis.sentinel.nodes[1]"))
                .isEqualTo("sentinel-1.data.svc.cluster.local:26379");
    }

    @Test
    void redis_caSecret_isTrustedFromAMountAndReloaded() {
        for (String scenario : List.of("redis-ca", "sentinel-tls")) {
            Manifests manifests = scenario(scenario);
            ApplicationConfig application = new ApplicationConfig(manifests.application());
            String bundle =
                    "spring.ssl.bundle.pem." + application.text("spring.data.redis.ssl.bundle");

            assertThat(application.text("spring.data.redis.ssl.enabled")).isEqualTo("true");
            assertThat(application.text(bundle + ".truststore.certificate"))
                    .isEqualTo("file:/etc/sluice-redis/ca.crt");
            assertThat(application.text(bundle + ".reload-on-update")).isEqualTo("true");
            assertThat(new Manifest("", "", manifests.container()).list("volumeMounts"))
                    .contains(
                            Map.of(
                                    "name",
                                    "redis-ca",
                                    "mountPath",
                                    "/etc/sluice-redis",
                                    "readOnly",
                                    true));
        }
    }

    @Test
    void dashboard_on_isFoundByGrafanasSidecar() {
        Manifest dashboard =
                scenario("alerts").all().stream()
                        .filter(manifest -> manifest.name().equals("rel-sluice-dashboard"))
                        .findFirst()
                        .orElseThrow();
        assertThat(dashboard.map("metadata", "labels")).containsEntry("grafana_dashboard", "1");
        assertThat(dashboard.map("metadata", "annotations"))
                .containsEntry("grafana_folder", "Edge");
    }

    @Test
    void tls_secret_isServedFromAMountAndReloaded() {
        Manifests manifests = scenario("gateway-api");
        ApplicationConfig application = new ApplicationConfig(manifests.application());
        String bundle = "spring.ssl.bundle.pem." + application.text("server.ssl.bundle");

        assertThat(application.text(bundle + ".keystore.certificate"))
                .isEqualTo("file:/etc/sluice-tls/tls.crt");
        assertThat(application.text(bundle + ".reload-on-update")).isEqualTo("true");
        assertThat(manifests.the("Deployment").list("spec", "template", "spec", "volumes"))
                .contains(Map.of("name", "tls", "secret", Map.of("secretName", "sluice-tls")));
        assertThat(manifests.the("Service").list("spec", "ports").get(0))
                .containsEntry("appProtocol", "https");
    }

    @Test
    void image_digest_winsOverTheTag() {
        assertThat((String) scenario("single").container().get("image"))
                .matches("sluice@sha256:[0-9a-f]{64}");
        assertThat(scenario("default").container()).containsEntry("image", "sluice:0.1.0");
    }

    @Test
    void service_nodePort_takesItsOwnSettingsOnly() {
        Manifest service = scenario("single").the("Service");
        assertThat(service.text("spec", "externalTrafficPolicy")).isEqualTo("Local");
        assertThat(service.list("spec", "ports").get(0)).containsEntry("nodePort", 30080);
        // What only a LoadBalancer may carry is left out, whatever the values say.
        assertThat(
                        Chart.renderText("service: {loadBalancerClass: x, nodePort: 30081}")
                                .the("Service")
                                .map("spec"))
                .containsOnlyKeys("type", "selector", "ports")
                .extractingByKey("ports")
                .asString()
                .doesNotContain("30081");
    }

    @Test
    void networkPolicy_peersGiven_opensExactlyThem() {
        Manifest policy = scenario("gateway-api").the("NetworkPolicy");
        assertThat(policy.list("spec", "ingress")).hasSize(2);
        assertThat(policy.list("spec", "ingress").get(0).get("from")).asList().hasSize(2);
        assertThat(policy.list("spec", "egress").stream().map(rule -> rule.get("ports")))
                .containsExactly(
                        List.of(tcp(53, "UDP"), tcp(53, "TCP")),
                        List.of(tcp(6379, "TCP")),
                        List.of(tcp(8080, "TCP")));
    }

    @Test
    void networkPolicy_noPeers_opensTheTrafficPortToAllAndManagementToNobody() {
        Manifest policy = scenario("monitored").the("NetworkPolicy");
        assertThat(policy.list("spec", "ingress"))
                .containsExactly(Map.of("ports", List.of(tcp(8080, "TCP"))));
    }

    private static Map<String, Object> tcp(int port, String protocol) {
        return Map.of("port", port, "protocol", protocol);
    }

    @Test
    void serviceMonitor_tokenSet_readsTheManagementServiceWithIt() {
        Manifests manifests = scenario("monitored");
        Manifest monitor = manifests.the("ServiceMonitor");
        Manifest service =
                manifests.all().stream()
                        .filter(manifest -> manifest.name().endsWith("-management"))
                        .findFirst()
                        .orElseThrow();

        assertThat(service.map("metadata", "labels").entrySet())
                .containsAll(monitor.map("spec", "selector", "matchLabels").entrySet());
        assertThat(service.list("spec", "ports").get(0).get("name"))
                .isEqualTo(monitor.list("spec", "endpoints").get(0).get("port"));
        assertThat(monitor.list("spec", "endpoints").get(0))
                .containsEntry(
                        "authorization",
                        Map.of(
                                "type",
                                "Bearer",
                                "credentials",
                                Map.of("name", "sluice-management", "key", "bearer")));
    }

    @Test
    void exposure_ingressAndRoute_leadToTheService() {
        Manifests ha = scenario("ha");
        assertThat(ha.the("Ingress").list("spec", "rules").stream().map(rule -> rule.get("http")))
                .allSatisfy(http -> assertThat(http).asString().contains("name=rel-sluice"));
        Manifests route = scenario("gateway-api");
        assertThat(route.the("HTTPRoute").list("spec", "rules").get(0).get("backendRefs"))
                .isEqualTo(List.of(Map.of("name", route.the("Service").name(), "port", 80)));
    }

    @Test
    void discovery_on_grantsToReadEndpointSlicesAndNothingElse() {
        Manifests manifests = scenario("discovery");
        List<Manifest> roles = ofKind(manifests, "Role");
        assertThat(roles.stream().map(role -> role.text("metadata", "namespace")))
                .containsExactly("shop", "billing");
        assertThat(roles)
                .allSatisfy(
                        role ->
                                assertThat(role.list("rules"))
                                        .containsExactly(
                                                Map.of(
                                                        "apiGroups",
                                                        List.of("discovery.k8s.io"),
                                                        "resources",
                                                        List.of("endpointslices"),
                                                        "verbs",
                                                        List.of("get", "list", "watch"))));
        String account =
                manifests.the("Deployment").text("spec", "template", "spec", "serviceAccountName");
        assertThat(ofKind(manifests, "RoleBinding"))
                .hasSize(2)
                .allSatisfy(
                        binding -> {
                            assertThat(binding.text("roleRef", "name"))
                                    .isEqualTo(roles.get(0).name());
                            assertThat(binding.list("subjects"))
                                    .containsExactly(
                                            Map.of(
                                                    "kind",
                                                    "ServiceAccount",
                                                    "name",
                                                    account,
                                                    "namespace",
                                                    "edge"));
                        });
    }

    @Test
    void discovery_withoutNamespaces_isThatOfTheRelease() {
        Manifests manifests = Chart.renderText("discovery: {kubernetes: {enabled: true}}");
        assertThat(manifests.the("Role").text("metadata", "namespace")).isEqualTo("edge");
        assertThat(manifests.the("RoleBinding").text("metadata", "namespace")).isEqualTo("edge");
    }

    @Test
    void networkPolicy_discovery_opensTheApiServer() {
        assertThat(scenario("discovery").the("NetworkPolicy").list("spec", "egress").get(1))
                .containsEntry("ports", List.of(tcp(443, "TCP"), tcp(6443, "TCP")))
                .containsEntry("to", List.of(Map.of("ipBlock", Map.of("cidr", "10.96.0.1/32"))));
    }

    private static List<Manifest> ofKind(Manifests manifests, String kind) {
        return manifests.all().stream().filter(one -> one.kind().equals(kind)).toList();
    }

    @Test
    void extras_templates_areExpanded() {
        Manifests manifests = scenario("extras");
        assertThat(manifests.all().stream().map(Manifest::name))
                .contains("rel-motd", "rel-gate-more");
        assertThat(
                        manifests
                                .the("Deployment")
                                .list("spec", "template", "spec", "topologySpreadConstraints"))
                .singleElement()
                .asString()
                .contains("app.kubernetes.io/instance=rel");
        assertThat(manifests.environment()).containsKey("SLUICE_ZONE");
    }
}
