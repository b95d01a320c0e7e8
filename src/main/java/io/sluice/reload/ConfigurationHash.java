package io.sluice.reload;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A short name for what a configuration says: the first 12 hexadecimal digits of the SHA-256 over
 * its sources in their order. Comments and the order of keys make no difference; two gateways that
 * read the same files have the same hash.
 */
public final class ConfigurationHash {

    private static final int DIGITS = 12;

    private ConfigurationHash() {}

    /**
     * @param sources keys and values of each source, the one that wins first
     */
    public static String of(List<Map<String, String>> sources) {
        MessageDigest digest = sha256();
        for (Map<String, String> source : sources) {
            new TreeMap<>(source)
                    .forEach(
                            (key, value) -> {
                                add(digest, key);
                                add(digest, value);
                            });
            digest.update((byte) 1);
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
