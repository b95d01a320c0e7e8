package io.sluice.chart;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Two strict readers of manifests; each refuses what the other lets pass. The official client's
 * models know every field and what is required, fabric8's know the types of values and the Gateway
 * API. ServiceMonitor and PrometheusRule have a model in neither, so their fields are listed here.
 * A kind that no reader knows is an error.
 */
final class StrictManifests {
    private static final Set<String> MONITOR_SPEC = Set.of("selector", "endpoints");
    private static final Set<String> MONITOR_ENDPOINT =
            Set.of(
                    "port",
                    "path",
                    "honorLabels",
                    "interval",
                    "scrapeTimeout",
                    "authorization",
                    "relabelings",
                    "metricRelabelings");
    private static final Set<String> MONITOR_RELABELING =
            Set.of(
                    "action",
                    "sourceLabels",
                    "targetLabel",
                    "regex",
                    "replacement",
                    "separator",
                    "modulus");

    private static final Set<String> RULE_GROUP = Set.of("name", "interval", "rules");
    private static final Set<String> RULE =
            Set.of("alert", "record", "expr", "for", "labels", "annotations");

    private final Gson gson = new Gson();
    private final KubernetesSerialization fabric8 = new KubernetesSerialization();

    /** Throws an AssertionError that names the manifest and the field. */
    void check(Manifest manifest) {
        if (manifest.apiVersion().startsWith("monitoring.coreos.com/")) {
            checkMonitor(manifest);
            return;
        }
        JsonElement json = gson.toJsonTree(manifest.content());
        if (!manifest.apiVersion().startsWith("gateway.networking.k8s.io/")) {
            checkFields(manifest, json);
        }
        checkTypes(manifest, json);
    }

    private void checkFields(Manifest manifest, JsonElement json) {
        String version =
                manifest.apiVersion().substring(manifest.apiVersion().lastIndexOf('/') + 1);
        String model =
                "io.kubernetes.client.openapi.models.V" + version.substring(1) + manifest.kind();
        try {
            Class.forName(model)
                    .getMethod("validateJsonElement", JsonElement.class)
                    .invoke(null, json);
        } catch (InvocationTargetException e) {
            throw new AssertionError(manifest + ": " + e.getCause().getMessage(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(manifest + ": no model " + model, e);
        }
    }

    private void checkTypes(Manifest manifest, JsonElement json) {
        Object resource;
        try {
            resource = fabric8.unmarshal(gson.toJson(json));
        } catch (RuntimeException e) {
            throw new AssertionError(manifest + ": " + rootOf(e).getMessage(), e);
        }
        if (resource instanceof GenericKubernetesResource) {
            throw new AssertionError(manifest + ": no model of " + manifest.apiVersion());
        }
        Set<String> unknown = new TreeSet<>();
        collectUnknown(resource, manifest.kind(), unknown);
        if (!unknown.isEmpty()) {
            throw new AssertionError(manifest + ": unknown fields " + unknown);
        }
    }

    private static Throwable rootOf(Throwable failure) {
        return failure.getCause() == null ? failure : rootOf(failure.getCause());
    }

    private static void collectUnknown(Object value, String path, Set<String> unknown) {
        if (value instanceof Collection<?> items) {
            items.forEach(item -> collectUnknown(item, path + "[]", unknown));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> collectUnknown(item, path + "." + key, unknown));
        } else if (value != null && value.getClass().getName().startsWith("io.fabric8.")) {
            collectUnknownOfModel(value, path, unknown);
        }
    }

    private static void collectUnknownOfModel(Object model, String path, Set<String> unknown) {
        for (Class<?> type = model.getClass(); type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || type.isEnum()) {
                    continue;
                }
                Object value = read(field, model);
                if (field.getName().equals("additionalProperties")) {
                    ((Map<?, ?>) value).keySet().forEach(key -> unknown.add(path + "." + key));
                } else {
                    collectUnknown(value, path + "." + field.getName(), unknown);
                }
            }
        }
    }

    private static Object read(Field field, Object model) {
        try {
            field.setAccessible(true);
            return field.get(model);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static void checkMonitor(Manifest manifest) {
        if (manifest.kind().equals("PrometheusRule")) {
            checkRules(manifest);
            return;
        }
        if (!manifest.kind().equals("ServiceMonitor")) {
            throw new AssertionError(manifest + ": no model of " + manifest.apiVersion());
        }
        checkKeys(manifest, Set.of("apiVersion", "kind", "metadata", "spec"), manifest.content());
        checkKeys(manifest, MONITOR_SPEC, manifest.map("spec"));
        for (Map<String, Object> endpoint : manifest.list("spec", "endpoints")) {
            checkKeys(manifest, MONITOR_ENDPOINT, endpoint);
            for (String list : Set.of("relabelings", "metricRelabelings")) {
                Collection<?> rules = (Collection<?>) endpoint.get(list);
                if (rules != null) {
                    rules.forEach(
                            rule -> checkKeys(manifest, MONITOR_RELABELING, (Map<?, ?>) rule));
                }
            }
        }
    }

    /** Their content is promtool's to check: see {@link PrometheusRuleTest}. */
    private static void checkRules(Manifest manifest) {
        checkKeys(manifest, Set.of("apiVersion", "kind", "metadata", "spec"), manifest.content());
        checkKeys(manifest, Set.of("groups"), manifest.map("spec"));
        for (Map<String, Object> group : manifest.list("spec", "groups")) {
            checkKeys(manifest, RULE_GROUP, group);
            ((Collection<?>) group.get("rules"))
                    .forEach(rule -> checkKeys(manifest, RULE, (Map<?, ?>) rule));
        }
    }

    private static void checkKeys(Manifest manifest, Set<String> known, Map<?, ?> found) {
        if (!known.containsAll(found.keySet())) {
            throw new AssertionError(
                    manifest + ": fields " + found.keySet() + " not all of " + known);
        }
    }
}
