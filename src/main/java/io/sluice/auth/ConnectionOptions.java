package io.sluice.auth;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Connection} header of a request, settled where the request comes in (RFC 9110 section
 * 7.6.1). Whatever else it names is meant for this hop only: that header is removed now, before the
 * gateway writes its own, and no longer named. Removing it later, by what the client had named,
 * would let a client delete the headers that the gateway writes.
 *
 * @param kept the options to go on with, such as {@code Upgrade}, joined by a comma; may be empty
 * @param named the headers to remove
 */
public record ConnectionOptions(String kept, Set<String> named) {

    /** Options about the connection itself, which later parts of the gateway read. */
    private static final Set<String> OWN = Set.of("close", "keep-alive", "upgrade");

    /** No sender may name these (same section): naming them is ignored. */
    private static final Set<String> END_TO_END =
            Set.of("cache-control", "content-length", "content-type", "host", "transfer-encoding");

    /** The settled form of these header values, or null where they may stay as they are. */
    public static @Nullable ConnectionOptions settle(List<String> values) {
        List<String> kept = new ArrayList<>(2);
        Set<String> named = new LinkedHashSet<>();
        boolean changed = false;
        for (String value : values) {
            for (String part : value.split(",", -1)) {
                String option = part.strip();
                String plain = option.toLowerCase(Locale.ROOT);
                if (OWN.contains(plain)) {
                    kept.add(option);
                } else if (!plain.isEmpty()) {
                    changed = true;
                    if (!END_TO_END.contains(plain)) {
                        named.add(option);
                    }
                }
            }
        }
        return changed ? new ConnectionOptions(String.join(", ", kept), named) : null;
    }
}
