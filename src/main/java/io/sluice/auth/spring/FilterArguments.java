package io.sluice.auth.spring;

import io.sluice.auth.AccessRules;
import io.sluice.settings.Setting;
import io.sluice.settings.SettingException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
     * @param known the named arguments that it takes, of scopes, any-scope, claims and optional
     * @throws SettingException for an unknown name or an unusable value
     */
    AccessRules rules(String filter, Set<String> known) {
        Map<Integer, String> positional = new TreeMap<>();
        Set<String> scopes = new LinkedHashSet<>();
        Set<String> anyScope = new LinkedHashSet<>();
        Map<String, String> claims = new LinkedHashMap<>();
        boolean optional = false;
        for (Map.Entry<String, String> argument : new TreeMap<>(this).entrySet()) {
            String key = argument.getKey();
            String path = property(filter, key);
            String value = argument.getValue() == null ? "" : argument.getValue().strip();
            if (key.startsWith(NameUtils.GENERATED_NAME_PREFIX)) {
                positional.put(position(key), scope(path, value));
                continue;
            }
            String name = name(key);
            Setting.require(
                    known.contains(name), path, value, "one of " + String.join(", ", known));
            switch (name) {
                case "scopes" -> addScopes(path, value, scopes);
                case "any-scope" -> addScopes(path, value, anyScope);
                case "claims" -> addClaim(path, key, value, claims);
                default -> {
                    Setting.require(key.length() == name.length(), path, value, "true or false");
                    optional = flag(path, value);
                }
            }
        }
        Set<String> all = new LinkedHashSet<>(positional.values());
        all.addAll(scopes);
        return new AccessRules(all, anyScope, claims, optional);
    }

    private String property(String filter, String name) {
        return "spring.cloud.gateway.server.webflux.routes." + routeId + "." + filter + "." + name;
    }

    /** {@code anyScope[0]}, {@code any-scope.0} and {@code any_scope} are all {@code any-scope}. */
    private static String name(String key) {
        String first = key.replaceAll("[.\\[].*", "");
        String dashed = first.replaceAll("([a-z])([A-Z])", "$1-$2").replace('_', '-');
        return dashed.toLowerCase(Locale.ROOT);
    }

    private static int position(String key) {
        return Integer.parseInt(key.substring(NameUtils.GENERATED_NAME_PREFIX.length()));
    }

    private static void addScopes(String path, String value, Set<String> target) {
        for (String part : value.split(",", -1)) {
            target.add(scope(path, part.strip()));
        }
    }

    /** A scope-token of RFC 6749 section 3.3, so it can stand in a challenge as it is. */
    private static String scope(String path, String value) {
        boolean token =
                !value.isEmpty()
                        && value.chars()
                                .allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '\\');
        Setting.require(
                token, path, value, "a scope: visible ASCII without quotes, or leave it out");
        return value;
    }

    /**
     * {@code claims.NAME: VALUE} or, for a name that a property key cannot hold, such as a URL, a
     * list of {@code NAME=VALUE}.
     */
    private static void addClaim(
            String path, String key, String value, Map<String, String> target) {
        String rest = key.substring("claims".length()).replaceAll("^[.\\[]|]$", "");
        if (!rest.isEmpty() && !rest.chars().allMatch(Character::isDigit)) {
            target.put(rest, value);
            return;
        }
        int equals = value.indexOf('=');
        Setting.require(equals > 0, path, value, "claims.NAME: VALUE, or a list of NAME=VALUE");
        target.put(value.substring(0, equals), value.substring(equals + 1));
    }

    private static boolean flag(String path, String value) {
        Setting.require(
                value.equals("true") || value.equals("false"), path, value, "true or false");
        return value.equals("true");
    }
}
