package io.sluice.auth.spring;

import io.sluice.auth.Requirements;
import io.sluice.settings.Setting;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Collects the arguments that make up one {@link Requirements}. */
final class RequirementArguments {

    /** The arguments that may stand here. */
    static final Set<String> NAMES =
            new LinkedHashSet<>(
                    List.of("scopes", "any-scope", "roles", "any-role", "claims", "audiences"));

    private final Map<String, Set<String>> lists = new LinkedHashMap<>();
    private final Map<String, Set<String>> claims = new LinkedHashMap<>();

    RequirementArguments(Set<String> known) {
        NAMES.stream()
                .filter(known::contains)
                .forEach(name -> lists.put(name, new LinkedHashSet<>()));
    }

    /** {@code anyScope[0]}, {@code any-scope.0} and {@code any_scope} are all {@code any-scope}. */
    static String name(String key) {
        String first = key.replaceAll("[.\\[].*", "");
        String dashed = first.replaceAll("([a-z])([A-Z])", "$1-$2").replace('_', '-');
        return dashed.toLowerCase(Locale.ROOT);
    }

    /**
     * @param path the whole property, for messages
     * @param name one of {@link #NAMES}
     * @param key the argument from its name on, with what follows it
     */
    void add(String path, String name, String key, String value) {
        if (name.equals("claims")) {
            addClaim(path, key, value);
            return;
        }
        boolean scopes = name.endsWith("scopes") || name.endsWith("scope");
        for (String part : value.split(",", -1)) {
            String one = part.strip();
            lists.computeIfAbsent(name, unknown -> new LinkedHashSet<>())
                    .add(
                            scopes
                                    ? scope(path, one)
                                    : Setting.present(path, one, "a value, or leave it out"));
        }
    }

    /** Scopes that stand before those that were named. */
    void scopesFirst(Collection<String> scopes) {
        Set<String> all = new LinkedHashSet<>(scopes);
        all.addAll(list("scopes"));
        lists.put("scopes", all);
    }

    Requirements toRequirements() {
        return new Requirements(
                list("scopes"),
                list("any-scope"),
                list("roles"),
                list("any-role"),
                claims,
                list("audiences"));
    }

    private Set<String> list(String name) {
        return lists.getOrDefault(name, Set.of());
    }

    /** A scope-token of RFC 6749 section 3.3, so it can stand in a challenge as it is. */
    static String scope(String path, String value) {
        boolean token =
                !value.isEmpty()
                        && value.chars()
                                .allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '\\');
        Setting.require(
                token, path, value, "a scope: visible ASCII without quotes, or leave it out");
        return value;
    }

    /**
     * {@code claims.NAME: VALUE}, {@code claims.NAME: [VALUE, VALUE]} of which one will do, or, for
     * a name that a property key cannot hold, such as a URL, a list of {@code NAME=VALUE}.
     */
    private void addClaim(String path, String key, String value) {
        String rest = key.substring("claims".length()).replaceAll("^[.\\[]|]$", "");
        String named = rest.replaceAll("^\\d+$|[.\\[]\\d+$", "");
        if (!named.isEmpty()) {
            accept(named, value);
            return;
        }
        int equals = value.indexOf('=');
        Setting.require(equals > 0, path, value, "claims.NAME: VALUE, or a list of NAME=VALUE");
        accept(value.substring(0, equals), value.substring(equals + 1));
    }

    private void accept(String claim, String value) {
        claims.computeIfAbsent(claim, none -> new LinkedHashSet<>()).add(value);
    }
}
