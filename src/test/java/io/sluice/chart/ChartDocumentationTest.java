package io.sluice.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** values.yaml, its schema and the README's table say the same. */
class ChartDocumentationTest {
    private static final Pattern KEY = Pattern.compile("^( *)([A-Za-z]+):(.*)$");
    private static final JsonMapper JSON = new JsonMapper();

    private record Value(String path, Object standard, String meaning) {
        String row() {
            return "| `"
                    + path
                    + "` | `"
                    + JSON.writeValueAsString(standard)
                    + "` | "
                    + meaning
                    + " |";
        }
    }

    @Test
    void readme_table_isThatOfTheValues() {
        List<String> expected = values().stream().map(Value::row).toList();
        List<String> table =
                Chart.read("README.md").lines().filter(line -> line.startsWith("| `")).toList();
        assertThat(table).containsExactlyElementsOf(expected);
    }

    @Test
    void values_everyLeaf_hasAMeaning() {
        List<String> undocumented = new ArrayList<>();
        collectUndocumented("", Chart.parse(Chart.read("values.yaml")), undocumented);
        assertThat(undocumented).isEmpty();
    }

    @Test
    void schema_keys_areThoseOfTheValues() {
        Map<String, Object> schema = Chart.parse(Chart.read("values.schema.json"));
        TreeSet<String> closed = new TreeSet<>();
        collectSchema("", schema, closed);
        closed.remove("global");
        TreeSet<String> documented = new TreeSet<>();
        values().forEach(value -> documented.add(value.path()));
        assertThat(closed.stream().map(path -> documentedAncestor(path, documented)).distinct())
                .containsExactlyInAnyOrderElementsOf(documented);
    }

    /** "resources" and the like are one value, with parts that only the schema spells out. */
    private static String documentedAncestor(String path, Set<String> documented) {
        return documented.stream()
                .filter(parent -> path.startsWith(parent + "."))
                .findFirst()
                .orElse(path);
    }

    @Test
    void version_ofTheChart_isThatOfTheModule() throws Exception {
        String pom = Files.readString(Path.of("pom.xml"));
        Matcher version =
                Pattern.compile("<artifactId>sluice</artifactId>\\s*<version>([^<]+)<")
                        .matcher(pom);
        assertThat(version.find()).isTrue();
        assertThat(Chart.parse(Chart.read("Chart.yaml")))
                .containsEntry("appVersion", version.group(1).replace("-SNAPSHOT", ""));
    }

    /** The documented values in the order of the file. */
    private static List<Value> values() {
        Map<String, Object> defaults = Chart.parse(Chart.read("values.yaml"));
        List<Value> values = new ArrayList<>();
        List<String> parents = new ArrayList<>();
        String meaning = null;
        for (String line : Chart.read("values.yaml").lines().toList()) {
            if (line.strip().startsWith("# -- ")) {
                meaning = line.strip().substring(5);
                continue;
            }
            Matcher key = KEY.matcher(line);
            if (key.matches()) {
                int depth = key.group(1).length() / 2;
                if (depth <= parents.size()) {
                    parents.subList(depth, parents.size()).clear();
                    parents.add(key.group(2));
                }
                if (meaning != null) {
                    String path = String.join(".", parents);
                    values.add(new Value(path, at(defaults, parents), meaning));
                }
            }
            meaning = null;
        }
        return values;
    }

    private static Object at(Map<String, Object> values, List<String> path) {
        Object here = values;
        for (String key : path) {
            here = ((Map<?, ?>) here).get(key);
        }
        return here;
    }

    @SuppressWarnings("unchecked")
    private static void collectUndocumented(
            String path, Map<String, Object> values, List<String> undocumented) {
        Map<String, Value> documented = new LinkedHashMap<>();
        values().forEach(value -> documented.put(value.path(), value));
        values.forEach(
                (key, value) -> {
                    String here = path.isEmpty() ? key : path + "." + key;
                    if (documented.containsKey(here)) {
                        return;
                    }
                    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
                        collectUndocumented(here, (Map<String, Object>) map, undocumented);
                    } else {
                        undocumented.add(here);
                    }
                });
    }

    /** Leaves of the schema: what has no closed set of parts. */
    @SuppressWarnings("unchecked")
    private static void collectSchema(
            String path, Map<String, Object> schema, TreeSet<String> out) {
        var properties = (Map<String, Map<String, Object>>) schema.get("properties");
        if (properties == null) {
            out.add(path);
            return;
        }
        assertThat(schema).as(path).containsEntry("additionalProperties", false);
        properties.forEach(
                (key, part) -> collectSchema(path.isEmpty() ? key : path + "." + key, part, out));
    }
}
