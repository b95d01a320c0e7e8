package io.sluice.chart;

import java.util.List;
import java.util.Map;

/** One rendered manifest as plain maps and lists. */
record Manifest(String apiVersion, String kind, Map<String, Object> content) {

    @SuppressWarnings("unchecked")
    static Manifest of(Object document) {
        var content = (Map<String, Object>) document;
        return new Manifest(
                String.valueOf(content.get("apiVersion")),
                String.valueOf(content.get("kind")),
                content);
    }

    String name() {
        return text("metadata", "name");
    }

    /** What lies at the path of keys and list indexes, or null. */
    Object at(Object... path) {
        Object here = content;
        for (Object step : path) {
            if (here instanceof Map<?, ?> map) {
                here = map.get(step);
            } else if (here instanceof List<?> list) {
                here = list.get((Integer) step);
            } else {
                return null;
            }
        }
        return here;
    }

    String text(Object... path) {
        return String.valueOf(at(path));
    }

    int number(Object... path) {
        return (Integer) at(path);
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> map(Object... path) {
        Object found = at(path);
        return found == null ? Map.of() : (Map<String, Object>) found;
    }

    @SuppressWarnings("unchecked")
    List<Map<String, Object>> list(Object... path) {
        Object found = at(path);
        return found == null ? List.of() : (List<Map<String, Object>>) found;
    }

    @Override
    public String toString() {
        return kind + "/" + name();
    }
}
