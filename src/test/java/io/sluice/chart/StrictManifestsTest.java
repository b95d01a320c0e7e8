package io.sluice.chart;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The readers do refuse: a validator that lets everything pass would hide a broken chart. */
class StrictManifestsTest {
    private static final String DEPLOYMENT =
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: d}
            spec:
              replicas: 2
              selector: {matchLabels: {app: d}}
              template:
                metadata: {labels: {app: d}}
                spec:
                  containers:
                    - name: c
                      image: i
            """;

    private final StrictManifests strict = new StrictManifests();

    @Test
    void check_validDeployment_passes() {
        assertThatCode(() -> check(DEPLOYMENT)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "image: i,        imagePull: x,           imagePull",
        "- name: c,       - tty: true,            name",
        "replicas: 2,     replicas: two,          two",
        "spec:,           'specs: {}\nspec:',     specs",
        "kind: Deployment,kind: Deploiment,       Deploiment"
    })
    void check_brokenDeployment_namesTheField(String sound, String broken, String expected) {
        assertThatThrownBy(() -> check(DEPLOYMENT.replaceFirst(sound, broken)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(expected);
    }

    @Test
    void check_unknownFieldOfGatewayApi_isRefused() {
        String route =
                """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r}
                spec:
                  parentRefs: [{name: g, colour: red}]
                """;
        assertThatThrownBy(() -> check(route)).hasMessageContaining("colour");
    }

    @Test
    void check_unknownFieldOfServiceMonitor_isRefused() {
        String monitor =
                """
                apiVersion: monitoring.coreos.com/v1
                kind: ServiceMonitor
                metadata: {name: m}
                spec:
                  selector: {}
                  endpoints: [{port: management, intervall: 30s}]
                """;
        assertThatThrownBy(() -> check(monitor)).hasMessageContaining("intervall");
    }

    @Test
    void check_kindWithoutModel_isRefused() {
        assertThatThrownBy(
                        () ->
                                check(
                                        "{apiVersion: example.com/v1, kind: Gadget, metadata: {name: g}}"))
                .hasMessageContaining("no model");
    }

    private void check(String manifest) {
        strict.check(Manifest.of(Chart.parse(manifest)));
    }
}
