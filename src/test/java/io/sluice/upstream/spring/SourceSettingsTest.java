package io.sluice.upstream.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import io.sluice.upstream.ServicePort;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class SourceSettingsTest {

    private static final String PREFIX = "sluice.upstreams.orders";

    /** Settings written as {@code name=value}, read as Spring Boot reads them. */
    private static SourceSettings read(String... settings) {
        Map<String, Object> values = new HashMap<>();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            values.put("u." + setting.substring(0, equals), setting.substring(equals + 1));
        }
        return SourceSettings.of(
                PREFIX,
                new Binder(new MapConfigurationPropertySource(values))
                        .bindOrCreate("u", UpstreamProperties.class));
    }

    @Test
    void of_nothingSet_isDiscovery() {
        assertThat(read("algorithm=ip-hash")).isInstanceOf(SourceSettings.Discovery.class);
    }

    @Test
    void of_instances_areThose() {
        assertThat(read("instances[0].uri=http://a:1"))
                .isInstanceOfSatisfying(
                        SourceSettings.Instances.class,
                        instances -> assertThat(instances.endpoints()).hasSize(1));
    }

    @Test
    void of_dns_defaults() {
        assertThat(read("dns.name=orders.example.com.", "dns.port=8080"))
                .isEqualTo(
                        new SourceSettings.Dns(
                                "orders.example.com.", 8080, "http", Duration.ofSeconds(5), null));
    }

    @Test
    void of_dns_everySetting() {
        assertThat(
                        read(
                                "dns.name=o_1.example.com",
                                "dns.port=8443",
                                "dns.scheme=https",
                                "dns.refresh=1s",
                                "dns.server=10.0.0.10:5353"))
                .isEqualTo(
                        new SourceSettings.Dns(
                                "o_1.example.com",
                                8443,
                                "https",
                                Duration.ofSeconds(1),
                                new InetSocketAddress("10.0.0.10", 5353)));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.10, 10.0.0.10, 53",
        "[2001:db8::1]:5353, 2001:db8::1, 5353",
        "2001:db8::1, 2001:db8::1, 53"
    })
    void of_dnsServer_isAnAddress(String text, String host, int port) {
        assertThat(read("dns.name=a", "dns.port=1", "dns.server=" + text))
                .isInstanceOfSatisfying(
                        SourceSettings.Dns.class,
                        dns ->
                                assertThat(dns.server())
                                        .isEqualTo(new InetSocketAddress(host, port)));
    }

    @Test
    void of_kubernetes_defaults() {
        assertThat(read("kubernetes.service=orders"))
                .isEqualTo(
                        new SourceSettings.Kubernetes(
                                PREFIX + ".kubernetes",
                                "orders",
                                null,
                                new ServicePort.Only(),
                                "http"));
    }

    @Test
    void of_kubernetes_everySetting() {
        assertThat(
                        read(
                                "kubernetes.service=orders",
                                "kubernetes.namespace=shop",
                                "kubernetes.port=web",
                                "kubernetes.scheme=https"))
                .isEqualTo(
                        new SourceSettings.Kubernetes(
                                PREFIX + ".kubernetes",
                                "orders",
                                "shop",
                                new ServicePort.Named("web"),
                                "https"));
        assertThat(read("kubernetes.service=orders", "kubernetes.port=8080"))
                .isInstanceOfSatisfying(
                        SourceSettings.Kubernetes.class,
                        k -> assertThat(k.port()).isEqualTo(new ServicePort.Numbered(8080)));
    }

    @ParameterizedTest
    @CsvSource({
        "instances[0].uri=http://a, dns.name=a, dns, set beside instances",
        "instances[0].uri=http://a, kubernetes.service=a, kubernetes, set beside instances",
        "dns.name=a, kubernetes.service=a, kubernetes, set beside dns",
    })
    void of_twoSources_areRefused(String one, String other, String property, String value) {
        assertThatThrownBy(() -> read(one, other))
                .isInstanceOf(SettingException.class)
                .hasMessage(
                        PREFIX
                                + "."
                                + property
                                + ": "
                                + value
                                + " (expected: one of instances, dns and kubernetes, or none of"
                                + " them)");
    }

    @ParameterizedTest
    @CsvSource({
        "dns.port=80, dns.scheme=http, dns.name",
        "dns.name=10.0.0.1, dns.port=80, dns.name",
        "dns.name=a..b, dns.port=80, dns.name",
        "dns.name=http://a, dns.port=80, dns.name",
        "dns.name=a, dns.scheme=http, dns.port",
        "dns.name=a, dns.port=0, dns.port",
        "dns.name=a, dns.port=65536, dns.port",
        "kubernetes.namespace=a, kubernetes.port=1, kubernetes.service",
        "kubernetes.service=Orders, kubernetes.port=1, kubernetes.service",
        "kubernetes.service=a/b, kubernetes.port=1, kubernetes.service",
        "kubernetes.service=a, kubernetes.namespace=a.b, kubernetes.namespace",
        "kubernetes.service=a, kubernetes.port=0, kubernetes.port",
        "kubernetes.service=a, kubernetes.port=70000, kubernetes.port",
        "kubernetes.service=a, kubernetes.port=a_b, kubernetes.port",
        "kubernetes.service=a, kubernetes.scheme=h2, kubernetes.scheme",
    })
    void of_wrongValue_isRefusedByProperty(String one, String other, String property) {
        assertThatThrownBy(() -> read(one, other))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith(PREFIX + "." + property + ": ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dns.scheme=ftp",
                "dns.refresh=99ms",
                "dns.refresh=25h",
                "dns.server=ns.example.com",
                "dns.server=10.0.0.1:0",
                "dns.server=10.0.0.1:70000",
                "dns.server=10.0.0.1/x",
                "dns.server=a b"
            })
    void of_wrongDnsValue_isRefusedByProperty(String setting) {
        assertThatThrownBy(() -> read("dns.name=a", "dns.port=80", setting))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith(
                        PREFIX + "." + setting.substring(0, setting.indexOf('=')) + ": ");
    }

    // --- what a Kubernetes source needs to know of its surroundings --------------------------

    @TempDir Path credentials;

    private void make(String apiServer, Map<String, String> environment, String... settings) {
        try (EndpointSources sources =
                new EndpointSources(
                        Discovery.of(List.of(), List.of()),
                        new KubernetesProperties(apiServer, credentials.toString()),
                        environment::get,
                        System::nanoTime,
                        new SplittableRandom(1))) {
            assertThat(sources.source("orders", read(settings)).kind()).isEqualTo("kubernetes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "2001:db8::1"})
    void source_inAPod_findsTheApiByTheEnvironment(String host) throws Exception {
        Files.writeString(credentials.resolve("namespace"), "shop");
        make(
                null,
                Map.of("KUBERNETES_SERVICE_HOST", host, "KUBERNETES_SERVICE_PORT", "443"),
                "kubernetes.service=orders");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:8001", "https://a:6443/clusters/one/"})
    void source_apiServerSet_isUsed(String address) {
        make(address, Map.of(), "kubernetes.service=orders", "kubernetes.namespace=shop");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a:6443", "ftp://a", "https://user@a", "https://a?x=1", "https://a b"})
    void source_noApiServer_isRefused(String address) {
        assertThatThrownBy(
                        () ->
                                make(
                                        address.isEmpty() ? null : address,
                                        Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
                                        "kubernetes.service=orders",
                                        "kubernetes.namespace=shop"))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("sluice.kubernetes.api-server: ");
    }

    @Test
    void source_noNamespace_isRefused() {
        assertThatThrownBy(() -> make("http://a", Map.of(), "kubernetes.service=orders"))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith(PREFIX + ".kubernetes.namespace: null");
    }
}
