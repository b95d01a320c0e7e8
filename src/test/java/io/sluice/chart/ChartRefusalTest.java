package io.sluice.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values that must not render: each is refused by name, by the schema or by a {@code fail}. */
class ChartRefusalTest {
    private static final Pattern FAIL = Pattern.compile("fail \\(?(?:printf )?\"([^\"]+)\"");

    private static final Map<String, String> MESSAGES = new ConcurrentHashMap<>();

    static Stream<Arguments> refusedBySchema() {
        return Stream.of(
                refusal("replicas: 3", "additional properties 'replicas' not allowed"),
                refusal("image: {repo: x}", "at '/image': additional properties 'repo'"),
                refusal("probes: {liveness: {path: /}}", "at '/probes/liveness'"),
                refusal("replicaCount: '2'", "at '/replicaCount': got string, want integer"),
                refusal("replicaCount: -1", "at '/replicaCount'"),
                refusal("image: {pullPolicy: Sometimes}", "at '/image/pullPolicy'"),
                refusal("image: {digest: latest}", "at '/image/digest'"),
                refusal("image: {repository: ''}", "at '/image/repository'"),
                refusal("ports: {http: 80}", "at '/ports/http'"),
                refusal("shutdown: {drain: 5}", "at '/shutdown/drain'"),
                refusal("shutdown: {drain: 500ms}", "at '/shutdown/drain'"),
                refusal("shutdown: {timeout: 1m}", "at '/shutdown/timeout'"),
                refusal("shutdown: {preStopSeconds: 5s}", "at '/shutdown/preStopSeconds'"),
                refusal("redis: {url: 'http://redis'}", "at '/redis/url'"),
                refusal("redis: {password: x}", "at '/redis': additional properties 'password'"),
                refusal("redis: {cluster: {nodes: [redis]}}", "at '/redis/cluster/nodes/0'"),
                refusal("management: {token: x}", "at '/management'"),
                refusal("service: {type: ExternalName}", "at '/service/type'"),
                refusal("podLabels: {a: 1}", "at '/podLabels/a'"),
                refusal("config: []", "at '/config'"),
                refusal("ingress: {hosts: [a.example.com]}", "at '/ingress/hosts/0'"),
                refusal("networkPolicy: {redisPorts: []}", "at '/networkPolicy/redisPorts'"),
                refusal(
                        "discovery: {kubernetes: {namespaces: [Shop]}}",
                        "at '/discovery/kubernetes/namespaces/0'"),
                refusal("podDisruptionBudget: {maxUnavailable: 0}", "at '/podDisruptionBudget"),
                refusal("serviceMonitor: {interval: 30}", "at '/serviceMonitor/interval'"),
                refusal(
                        "prometheusRule: {latencySeconds: 0.3}",
                        "at '/prometheusRule/latencySeconds'"),
                refusal("prometheusRule: {errorRatio: 5}", "at '/prometheusRule/errorRatio'"),
                refusal("extraEnv: [{value: x}]", "at '/extraEnv/0'"));
    }

    static Stream<Arguments> refusedByTemplate() {
        return Stream.concat(contradictions(), secretsAndOwnedProperties());
    }

    private static Stream<Arguments> contradictions() {
        return Stream.of(
                refusal(
                        "terminationGracePeriodSeconds: 29",
                        "terminationGracePeriodSeconds: 29 (expected: >= 30 = "
                                + "shutdown.preStopSeconds 5 + shutdown.drain 5 + shutdown.timeout"
                                + " 15 + 5"),
                refusal("shutdown: {drain: 6s}", "terminationGracePeriodSeconds: 30"),
                refusal("shutdown: {timeout: 16s}", "terminationGracePeriodSeconds: 30"),
                refusal("shutdown: {preStopSeconds: 6}", "terminationGracePeriodSeconds: 30"),
                refusal("ports: {management: 8080}", "ports.management: 8080"),
                refusal(
                        "redis: {sentinel: {master: m, nodes: ['a:1']}, cluster: {nodes: ['b:1']}}",
                        "redis.cluster.nodes: set beside redis.sentinel.nodes"),
                refusal(
                        "redis: {url: 'redis://a', cluster: {nodes: ['b:1']}}",
                        "redis.url: set beside redis.sentinel or redis.cluster"),
                refusal(
                        "redis: {url: 'redis://a', existingSecret: s}",
                        "redis.url: set beside redis.existingSecret"),
                refusal("redis: {sentinel: {master: m}}", "redis.sentinel: master without nodes"),
                refusal(
                        "redis: {sentinel: {nodes: ['a:1']}}",
                        "redis.sentinel: master without nodes"),
                refusal(
                        "redis: {url: 'redis://a', tls: true}",
                        "redis.username, redis.tls: set without"),
                refusal(
                        "redis: {url: 'redis://a', caSecret: s}",
                        "redis.caSecret: set without TLS"),
                refusal("prometheusRule: {enabled: true}", "prometheusRule.job: empty"),
                refusal(
                        "autoscaling: {enabled: true, minReplicas: 3, maxReplicas: 2}",
                        "autoscaling.maxReplicas: 2 (expected: >= autoscaling.minReplicas 3)"),
                refusal(
                        "{autoscaling: {enabled: true}, resources: {requests: {cpu: null}}}",
                        "resources.requests.cpu: not set"),
                refusal("ingress: {enabled: true}", "ingress.hosts: empty"),
                refusal("httpRoute: {enabled: true}", "httpRoute.parentRefs: empty"),
                refusal(
                        "{networkPolicy: {enabled: true}, redis: {url: 'redis://a'}}",
                        "networkPolicy.redisTo: empty"),
                refusal(
                        "{networkPolicy: {enabled: true}, discovery: {kubernetes: {enabled: true}}}",
                        "networkPolicy.apiServerTo: empty"),
                refusal(
                        "{serviceAccount: {create: false}, discovery: {kubernetes: {enabled: true}}}",
                        "serviceAccount.name: empty"));
    }

    private static Stream<Arguments> secretsAndOwnedProperties() {
        return Stream.of(
                refusal(
                        "extraEnv: [{name: JDK_JAVA_OPTIONS, value: -Xmx1g}]",
                        "extraEnv: JDK_JAVA_OPTIONS"),
                refusal(
                        "config: {server: {port: 9000}}",
                        "config.server.port: set in config (expected: the chart's value ports.http"),
                refusal("config: {management.server: {port: 9000}}", "value ports.management"),
                refusal("config: {sluice: {shutdown.drain: 9s}}", "value shutdown.drain"),
                refusal(
                        "config: {spring.lifecycle: {timeoutPerShutdownPhase: 9s}}",
                        "value shutdown.timeout"),
                refusal("redis: {url: 'redis://:hunter2@redis'}", "redis.url: holds credentials"),
                refusal(
                        "config: {sluice: {auth: {issuers: [{secret: hunter2}]}}}",
                        "config.sluice.auth.issuers[0].secret: a secret in clear text"),
                refusal(
                        "config: {spring: {data: {redis: {password: 'x${NAME:hunter2}'}}}}",
                        "config.spring.data.redis.password: a secret in clear text"),
                refusal(
                        "config: {spring: {data.redis.url: 'redis://u:hunter2@redis:6379'}}",
                        "config.spring.data.redis.url: credentials in clear text"),
                refusal(
                        "config: {key: '-----BEGIN PRIVATE KEY----- hunter2'}",
                        "config.key: credentials in clear text"));
    }

    private static Arguments refusal(String values, String message) {
        return Arguments.of(values, message);
    }

    @ParameterizedTest
    @MethodSource({"refusedBySchema", "refusedByTemplate"})
    void render_wrongValues_isRefusedByName(String values, String message) {
        assertThat(messageOf(values))
                .contains(message)
                .as("a refusal never prints the secret")
                .doesNotContain("hunter2");
    }

    @Test
    void render_secretByReference_isAccepted() {
        Manifests manifests =
                Chart.renderText(
                        """
                        config:
                          sluice: {auth: {forward-token: false, issuers: [{secret: "${JWT_KEY}"}]}}
                          spring: {data.redis: {url: "redis://:${REDIS_KEY}@redis:6379"}}
                        """);
        assertThat(manifests.has("Deployment")).isTrue();
    }

    /** A new {@code fail} without a case above is found here. */
    @Test
    void templates_everyFail_hasACase() {
        List<String> messages =
                refusedByTemplate()
                        .map(arguments -> messageOf((String) arguments.get()[0]))
                        .toList();
        List<String> formats = formats();
        assertThat(formats).hasSizeGreaterThan(10);
        assertThat(formats)
                .allSatisfy(
                        format ->
                                assertThat(messages)
                                        .anyMatch(
                                                message ->
                                                        pattern(format).matcher(message).find()));
    }

    private static String messageOf(String values) {
        return MESSAGES.computeIfAbsent(values, ChartRefusalTest::refuse);
    }

    private static String refuse(String values) {
        try {
            Chart.renderText(values);
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
        throw new AssertionError("rendered: " + values);
    }

    private static List<String> formats() {
        return Chart.files(Chart.DIRECTORY.resolve("templates")).stream()
                .map(template -> Chart.read(template.toString()))
                .flatMap(text -> FAIL.matcher(text).results())
                .map(fail -> fail.group(1))
                .toList();
    }

    private static Pattern pattern(String format) {
        return Pattern.compile(
                Stream.of(format.split("%[sd]"))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")));
    }
}
