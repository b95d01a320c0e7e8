package io.sluice.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every value of the schema, and every closed object, refuses what it is not: one case for each.
 */
class ChartSchemaTest {
    private static final JsonMapper JSON = new JsonMapper();

    /** What is wrong for a value of this path, and where the refusal must point. */
    private record Wrong(List<String> path, Object value) {
        String values() {
            Object nested = value;
            for (int i = path.size() - 1; i >= 0; i--) {
                nested = Map.of(path.get(i), nested);
            }
            return JSON.writeValueAsString(nested);
        }
    }

    @Test
    void render_anyValueOfAnotherType_isRefusedByItsPath() {
        List<Wrong> cases = new ArrayList<>();
        collect(List.of(), Chart.parse(Chart.read("values.schema.json")), cases);
        assertThat(cases).hasSizeGreaterThan(100);
        List<String> accepted = new ArrayList<>();
        for (Wrong wrong : cases) {
            String message = messageOf(wrong.values());
            if (!message.contains("at '/" + String.join("/", wrong.path()))) {
                accepted.add(wrong + ": " + message);
            }
        }
        assertThat(accepted).isEmpty();
    }

    private static String messageOf(String values) {
        try {
            Chart.renderText(values);
            return "rendered";
        } catch (IllegalStateException refused) {
            return refused.getMessage();
        }
    }

    @SuppressWarnings("unchecked")
    private static void collect(List<String> path, Map<String, Object> schema, List<Wrong> cases) {
        if (!path.isEmpty()) {
            cases.add(new Wrong(path, wrongFor(schema)));
        }
        var properties = (Map<String, Map<String, Object>>) schema.get("properties");
        if (properties != null) {
            properties.forEach((key, part) -> collect(with(path, key), part, cases));
        }
    }

    private static List<String> with(List<String> path, String key) {
        List<String> longer = new ArrayList<>(path);
        longer.add(key);
        return longer;
    }

    /** A list for everything but a list. */
    private static Object wrongFor(Map<String, Object> schema) {
        return "array".equals(schema.get("type")) ? "no list" : List.of("a list");
    }
}
