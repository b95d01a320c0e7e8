package io.sluice.edge.netty;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.util.AttributeKey;
import io.netty.util.DomainWildcardMappingBuilder;
import io.netty.util.Mapping;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate each server name shows. A client that asked for one name in its TLS handshake
 * may ask for the hosts of the same certificate only (RFC 9110 section 7.4). Immutable.
 */
public final class ServerNames {

    private static final AttributeKey<String> ASKED = AttributeKey.valueOf("sluice.server-name");

    private final @Nullable Mapping<String, String> bundles;

    /**
     * @param byName name, or {@code *.} and a name, to bundle; none where all names show one
     * @param byDefault the bundle of every other name
     */
    public ServerNames(Map<String, String> byName, String byDefault) {
        if (byName.isEmpty()) {
            bundles = null;
        } else {
            DomainWildcardMappingBuilder<String> builder =
                    new DomainWildcardMappingBuilder<>(byDefault);
            byName.forEach(builder::add);
            bundles = builder.build();
        }
    }

    /** Keeps the name that the client of this channel has asked for. */
    static void asked(Channel channel, SniCompletionEvent event) {
        channel.attr(ASKED).set(event.hostname());
    }

    /**
     * Whether this host's certificate is the one that the connection was opened with.
     *
     * @param channel the connection, or its stream in HTTP/2
     * @param host without a port
     */
    public boolean serve(@Nullable Channel channel, String host) {
        Mapping<String, String> mapping = bundles;
        if (mapping == null || channel == null) {
            return true;
        }
        Channel connection = channel.parent() == null ? channel : channel.parent();
        String asked =
                connection.hasAttr(ASKED)
                        ? connection.attr(ASKED).get()
                        : channel.attr(ASKED).get();
        return mapping.map(asked).equals(mapping.map(host));
    }
}
