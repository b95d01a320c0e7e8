package io.sluice.chart;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Everything that one set of values renders. */
record Manifests(List<Manifest> all) {

    /** The one manifest of that kind; where there are several, the first by name. */
    Manifest the(String kind) {
        return all.stream()
                .filter(manifest -> manifest.kind().equals(kind))
                .min(java.util.Comparator.comparing(Manifest::name))
                .orElseThrow(() -> new AssertionError("no " + kind + " in " + all));
    }

    boolean has(String kind) {
        return all.stream().anyMatch(manifest -> manifest.kind().equals(kind));
    }

    List<String> kinds() {
        return all.stream().map(Manifest::kind).sorted().toList();
    }

    /** The configuration that the process reads. */
    Map<String, Object> application() {
        return Chart.parse(applicationText());
    }

    String applicationText() {
        String gateway = the("Deployment").name();
        return all.stream()
                .filter(manifest -> manifest.kind().equals("ConfigMap"))
                .filter(manifest -> manifest.name().equals(gateway))
                .map(manifest -> manifest.text("data", "application.yml"))
                .findFirst()
                .orElseThrow();
    }

    Map<String, Object> container() {
        return the("Deployment").list("spec", "template", "spec", "containers").get(0);
    }

    /** Environment variables of the gateway by name. */
    @SuppressWarnings("unchecked")
    Map<String, Map<String, Object>> environment() {
        return ((List<Map<String, Object>>) container().get("env"))
                .stream()
                        .collect(
                                Collectors.toMap(
                                        variable -> (String) variable.get("name"),
                                        Function.identity()));
    }
}
