package io.sluice.edge.spring;

import io.sluice.settings.Setting;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long a client may take: {@code sluice.edge.timeouts.*}.
 *
 * @param firstByte for the first byte of a new connection, a TLS handshake included
 * @param head for a head from its first byte to its last, and for what is left of a body after the
 *     response
 * @param body window in which a body must bring {@code min-body-bytes}
 * @param write for a client to take anything of what waits for it
 */
public record EdgeTimeouts(
        @DefaultValue("10s") Duration firstByte,
        @DefaultValue("10s") Duration head,
        @DefaultValue("10s") Duration body,
        @DefaultValue("60s") Duration write) {

    private static final String PREFIX = "sluice.edge.timeouts.";

    public EdgeTimeouts {
        between(PREFIX + "first-byte", firstByte);
        between(PREFIX + "head", head);
        between(PREFIX + "body", body);
        between(PREFIX + "write", write);
    }

    private static void between(String property, Duration value) {
        Setting.require(
                value.compareTo(Duration.ofSeconds(1)) >= 0
                        && value.compareTo(Duration.ofHours(1)) <= 0,
                property,
                value,
                "1s to 1h");
    }
}
