package io.sluice.auth;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which headers carry an identity upstream: they are the gateway's alone. Told by {@link #protects}
 * what to remove from a request whoever sent it, and by {@link #of} what to write. Immutable.
 *
 * <p>Values are visible ASCII. Every other character, and {@code %} itself, is percent-encoded as
 * UTF-8 bytes, so that decoding gives back the claim exactly and no control character can reach a
 * header. Scopes are joined by spaces; other lists by commas, a comma inside an element being
 * encoded. A claim that is absent, or an object, is not written.
 */
public final class IdentityHeaders {

    /** A longer value, after encoding, makes the token unusable. In characters. */
    public static final int MAX_VALUE = 1024;

    /** Likewise for all values of one identity together. */
    public static final int MAX_TOTAL = 4096;

    /** Headers that say how a message is framed, routed or authenticated; no claim may be one. */
    private static final Set<String> FORBIDDEN =
            Set.of(
                    "authorization",
                    "connection",
                    "content-encoding",
                    "content-length",
                    "content-type",
                    "cookie",
                    "expect",
                    "host",
                    "keep-alive",
                    "proxy-authorization",
                    "proxy-connection",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade",
                    "x-api-key");

    private final Map<String, String> headerByClaim;
    private final List<String> names;

    /**
     * @param headerByClaim claim (or path of claims joined by dots) to header name; each header
     *     must be one that {@link #isAcceptable} accepts
     * @throws IllegalArgumentException if a name is not acceptable or two name the same header
     */
    public IdentityHeaders(Map<String, String> headerByClaim) {
        List<String> plain = new ArrayList<>();
        headerByClaim.forEach(
                (claim, header) -> {
                    String name = plain(header);
                    if (!isAcceptable(header) || plain.contains(name)) {
                        throw new IllegalArgumentException(
                                claim + ": " + header + " (expected: a header name, used once)");
                    }
                    plain.add(name);
                });
        this.headerByClaim = Collections.unmodifiableMap(new LinkedHashMap<>(headerByClaim));
        this.names = List.copyOf(plain);
    }

    /** Whether a claim may be written to a header of this name. */
    public static boolean isAcceptable(String header) {
        if (header.isEmpty() || header.length() > 64 || FORBIDDEN.contains(plain(header))) {
            return false;
        }
        return header.chars().allMatch(IdentityHeaders::isNameCharacter);
    }

    /** Whether there is any header to protect. */
    public boolean isEmpty() {
        return names.isEmpty();
    }

    /**
     * Whether a client may not send a header of this name. All spellings that some upstream would
     * take for the same header are: {@code X-User-Id}, {@code x_user_id}, {@code X.User.Id}. CGI
     * and its heirs read any character that is no letter and no digit alike.
     */
    public boolean protects(String header) {
        for (int i = 0; i < names.size(); i++) {
            if (isSpellingOf(names.get(i), header)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The headers that carry this identity, in the order of the settings, or null if a value is too
     * long to be carried whole: a cut-off identity would be another's.
     */
    public @Nullable Map<String, String> of(Identity identity) {
        Map<String, String> headers = new LinkedHashMap<>();
        int total = 0;
        for (Map.Entry<String, String> entry : headerByClaim.entrySet()) {
            String claim = entry.getKey();
            Object value =
                    claim.equals("scope") && !identity.scopes().isEmpty()
                            ? identity.scopes()
                            : Claims.find(identity.claims(), claim);
            String text = HeaderValue.encode(value);
            if (text == null) {
                continue;
            }
            total += text.length();
            if (text.length() > MAX_VALUE || total > MAX_TOTAL) {
                return null;
            }
            headers.put(entry.getValue(), text);
        }
        return Collections.unmodifiableMap(headers);
    }

    private static boolean isSpellingOf(String plain, String header) {
        if (plain.length() != header.length()) {
            return false;
        }
        for (int i = 0; i < plain.length(); i++) {
            if (plain.charAt(i) != plain(header.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static String plain(String header) {
        StringBuilder plain = new StringBuilder(header.length());
        header.chars().forEach(c -> plain.append(plain((char) c)));
        return plain.toString();
    }

    private static char plain(char c) {
        if (c >= 'A' && c <= 'Z') {
            return (char) (c - 'A' + 'a');
        }
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
    }

    private static boolean isNameCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '_';
    }
}
