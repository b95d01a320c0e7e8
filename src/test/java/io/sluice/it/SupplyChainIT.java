package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the packaged jar says of its parts. */
class SupplyChainIT {

    private static final String LIBRARIES = "BOOT-INF/lib/";
    private static final String SBOM = "META-INF/sbom/application.cdx.json";

    @Test
    void sbom_ofTheJar_namesEveryLibraryInIt() throws IOException {
        try (JarFile jar = new JarFile(Gateway.jar().toFile());
                InputStream sbom = jar.getInputStream(jar.getEntry(SBOM))) {
            Set<String> named = new TreeSet<>();
            for (JsonNode component : JsonMapper.shared().readTree(sbom).get("components")) {
                named.add(fileName(component));
            }
            Set<String> packed =
                    jar.stream()
                            .map(entry -> entry.getName())
                            .filter(name -> name.startsWith(LIBRARIES) && name.endsWith(".jar"))
                            .map(name -> name.substring(LIBRARIES.length()))
                            // Spring Boot's own tool for layered images; no dependency of ours.
                            .filter(name -> !name.startsWith("spring-boot-jarmode-tools"))
                            .collect(Collectors.toCollection(TreeSet::new));
            assertThat(packed).hasSizeGreaterThan(50);
            assertThat(named).containsAll(packed);
        }
    }

    /** The name of the artifact's file, which its package URL tells with the classifier. */
    private static String fileName(JsonNode component) {
        String classifier = "";
        for (String qualifier : component.path("purl").asString().split("[?&]")) {
            if (qualifier.startsWith("classifier=")) {
                classifier = "-" + qualifier.substring("classifier=".length());
            }
        }
        return component.get("name").asString()
                + "-"
                + component.get("version").asString()
                + classifier
                + ".jar";
    }
}
