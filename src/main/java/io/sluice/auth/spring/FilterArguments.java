package io.sluice.auth.spring;

import io.sluice.auth.AccessRules;
import io.sluice.auth.Requirements;
import io.sluice.settings.Setting;
import io.sluice.settings.SettingException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.support.HasRouteId;
import org.springframework.cloud.gateway.support.NameUtils;

/**
 * The arguments of an authentication filter as written in a route: names to texts, flat. They are
 * read here rather than bound to fields, as a binder would pass over a name that it does not know:
 * {@code scope} in place of {@code scopes} would open the route.
 */
public final class FilterArguments extends LinkedHashMap<String, String> implements HasRouteId {

    private static final long serialVersionUID = 1L;

    /** The argument that says what happens while revocations cannot be asked for. */
    static final String REVOCATION = "on-revocation-failure";

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private static final String OPEN = "open";

    private @Nullable String routeId;

    @Override
    public @Nullable String getRouteId() {
        return routeId;
    }

    @Override
    public void setRouteId(String routeId) {
        this.routeId = routeId;
    }

    /**
     * What these arguments ask.
     *
     * @param filter the filter's name, for messages
     * @param known the named arguments that it takes, of those of {@link RequirementArguments},
     *     methods, optional and {@link #REVOCATION}
     * @throws SettingException for an unknown name or an unusable value
     */
    AccessRules rules(String filter, Set<String> known) {
        Map<Integer, String> positional = new TreeMap<>();
        RequirementArguments always = new RequirementArguments(known);
        Map<String, RequirementArguments> byMethod = new LinkedHashMap<>();
        boolean optional = false;
        for (Map.Entry<String, String> argument : new TreeMap<>(this).entrySet()) {
            String key = argument.getKey();
            String path = property(filter, key);
            String value = argument.getValue() == null ? "" : argument.getValue().strip();
            if (key.startsWith(NameUtils.GENERATED_NAME_PREFIX)) {
                positional.put(position(key), RequirementArguments.scope(path, value));
                continue;
            }
            String name = RequirementArguments.name(key);
            Setting.require(
                    known.contains(name), path, value, "one of " + String.join(", ", known));
            switch (name) {
                case "methods" -> addMethod(path, key, value, known, byMethod);
                case REVOCATION -> checkFailure(path, key, value);
                case "optional" -> optional = flag(path, key, value);
                default -> always.add(path, name, key, value);
            }
        }
        Map<String, Requirements> methods = new LinkedHashMap<>();
        byMethod.forEach((method, rules) -> methods.put(method, rules.toRequirements()));
        always.scopesFirst(positional.values());
        return new AccessRules(always.toRequirements(), methods, optional);
    }

    /**
     * Whether requests pass while revocations cannot be asked for; checked by {@link #rules}.
     *
     * @param byDefault what counts where the route does not say
     */
    boolean passesUnknown(boolean byDefault) {
        for (Map.Entry<String, String> argument : entrySet()) {
            if (RequirementArguments.name(argument.getKey()).equals(REVOCATION)) {
                return argument.getValue().strip().equals(OPEN);
            }
        }
        return byDefault;
    }

    static boolean isOpen(String path, String value) {
        Setting.require(
                value.equals(OPEN) || value.equals("closed"), path, value, "closed or open");
        return value.equals(OPEN);
    }

    private static void checkFailure(String path, String key, String value) {
        alone(path, key, value);
        isOpen(path, value);
    }

    /** {@code methods.POST.scopes}: what is asked of one method on top. */
    private static void addMethod(
            String path,
            String key,
            String value,
            Set<String> known,
            Map<String, RequirementArguments> byMethod) {
        String[] parts = key.split("[.\\[]", 3);
        String method = parts.length < 3 ? "" : parts[1].replace("]", "").toUpperCase(Locale.ROOT);
        Setting.require(
                METHODS.contains(method), path, value, "methods.METHOD.RULE, METHOD being GET, …");
        String rule = parts[2].replaceAll("^\\.", "");
        String name = RequirementArguments.name(rule);
        Setting.require(
                known.contains(name) && RequirementArguments.NAMES.contains(name),
                path,
                value,
                "one of " + String.join(", ", RequirementArguments.NAMES));
        byMethod.computeIfAbsent(method, m -> new RequirementArguments(known))
                .add(path, name, rule, value);
    }

    String property(String filter, String name) {
        return "spring.cloud.gateway.server.webflux.routes." + routeId + "." + filter + "." + name;
    }

    private static int position(String key) {
        return Integer.parseInt(key.substring(NameUtils.GENERATED_NAME_PREFIX.length()));
    }

    static boolean flag(String path, String key, String value) {
        alone(path, key, value);
        Setting.require(
                value.equals("true") || value.equals("false"), path, value, "true or false");
        return value.equals("true");
    }

    /** An argument that has neither elements nor members. */
    private static void alone(String path, String key, String value) {
        Setting.require(
                key.indexOf('.') < 0 && key.indexOf('[') < 0, path, value, "a single value");
    }
}
