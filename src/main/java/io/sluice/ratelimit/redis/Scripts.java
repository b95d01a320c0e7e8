package io.sluice.ratelimit.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Scripts on the class path. */
final class Scripts {

    private static final String DIRECTORY = "/io/sluice/ratelimit/";

    private Scripts() {}

    static byte[] text(String name) {
        try (InputStream stream = Scripts.class.getResourceAsStream(DIRECTORY + name)) {
            if (stream == null) {
                throw new IllegalStateException("missing from the class path: " + name);
            }
            return stream.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
