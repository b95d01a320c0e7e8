package io.sluice.auth;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reading JSON objects of tokens as plain, immutable Java values. */
final class Claims {

    private Claims() {}

    /**
     * The members of a JSON object, or null where the text is not exactly one object. Strict: no
     * duplicate members, comments, trailing text, deep nesting or halves of surrogate pairs, which
     * no two programs write alike. Members of value null are left out.
     */
    static @Nullable Map<String, Object> parse(String json) {
        // Gson would take an array of pairs for an object.
        if (!json.stripLeading().startsWith("{")) {
            return null;
        }
        try {
            Map<String, Object> parsed = JSONObjectUtils.parse(json);
            return isText(parsed) ? copy(parsed) : null;
        } catch (ParseException refused) {
            return null;
        }
    }

    /**
     * The value of a claim by its exact name or, failing that, by a path of names joined by dots.
     */
    static @Nullable Object find(Map<String, Object> claims, String path) {
        Object exact = claims.get(path);
        if (exact != null) {
            return exact;
        }
        int dot = path.indexOf('.');
        if (dot < 0 || !(claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner)) {
            return null;
        }
        @SuppressWarnings("unchecked")
        Map<String, Object> members = (Map<String, Object>) inner;
        return find(members, path.substring(dot + 1));
    }

    /** Scopes of {@code scope} (space-delimited, RFC 8693) and {@code scp} (array or string). */
    static Set<String> scopes(Map<String, Object> claims) {
        Set<String> scopes = new LinkedHashSet<>();
        addScopes(scopes, claims.get("scope"));
        addScopes(scopes, claims.get("scp"));
        return Collections.unmodifiableSet(scopes);
    }

    private static void addScopes(Set<String> scopes, @Nullable Object value) {
        if (value instanceof String text) {
            for (String scope : text.split(" ", -1)) {
                if (!scope.isEmpty()) {
                    scopes.add(scope);
                }
            }
        } else if (value instanceof List<?> list) {
            list.forEach(element -> addScopes(scopes, element));
        }
    }

    /**
     * Whether the token may be used only by whoever shows another key as well (RFC 7800; RFC 8705
     * by certificate, RFC 9449 by DPoP). Such proofs are not checked here, so to take it as a plain
     * bearer token would drop what it was bound for.
     */
    static boolean isBound(Map<String, Object> claims) {
        return claims.get("cnf") instanceof Map<?, ?> confirmation && !confirmation.isEmpty();
    }

    /** The texts of a list, or the one text, at this path; others are left out. */
    static Set<String> texts(Map<String, Object> claims, String path) {
        Object value = find(claims, path);
        if (value instanceof String one) {
            return Set.of(one);
        }
        Set<String> texts = new LinkedHashSet<>();
        if (value instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof String text) {
                    texts.add(text);
                }
            }
        }
        return Collections.unmodifiableSet(texts);
    }

    private static boolean isText(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.keySet().stream().allMatch(Claims::isText)
                    && map.values().stream().allMatch(Claims::isText);
        }
        if (value instanceof List<?> list) {
            return list.stream().allMatch(Claims::isText);
        }
        return !(value instanceof String text)
                || text.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
    }

    private static Map<String, Object> copy(Map<?, ?> source) {
        Map<String, Object> copy = new LinkedHashMap<>();
        source.forEach(
                (name, value) -> {
                    if (value != null) {
                        copy.put((String) name, freeze(value));
                    }
                });
        return Collections.unmodifiableMap(copy);
    }

    private static Object freeze(Object value) {
        if (value instanceof Map<?, ?> map) {
            return copy(map);
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>(list.size());
            for (Object element : list) {
                if (element != null) {
                    copy.add(freeze(element));
                }
            }
            return Collections.unmodifiableList(copy);
        }
        return value;
    }
}
