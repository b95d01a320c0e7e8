package io.sluice.edge.spring;

import io.sluice.edge.AllowedHosts;
import io.sluice.settings.Setting;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What is let in: {@code sluice.edge.*}.
 *
 * @param allowedMethods methods that are let through, case-sensitive; every other is answered with
 *     405. {@code CONNECT} cannot be allowed
 * @param allowedHosts hosts that requests may be for, without ports; {@code *.} stands for all
 *     names below one. Others are answered with 421. None allows any
 * @param maxHeaders most header lines of one request
 * @param mergeSlashes true reads a run of slashes in a path as one; false refuses it
 * @param passHeaders reserved headers that are let through from any client after all
 * @param requestUriHosts hosts, without ports, that a client may name as the target of a request on
 *     routes with {@code RequestHeaderToRequestUri}, beside the targets that routes have
 * @param maxBodySize most bytes of a request's body, as they come; 0 is no limit
 * @param minBodySize bytes that a body must bring in each {@code timeouts.body} of waiting for it
 * @param maxConnections most connections to the traffic port
 * @param maxConnectionsPerClient most connections from one address, or one /64 of IPv6; those of
 *     trusted proxies count in all only. 0 is no limit
 * @param maxControlFrames most frames of HTTP/2 or of a WebSocket in ten seconds that only cost,
 *     such as PING
 * @param h2c false keeps HTTP/2 to TLS; true speaks it without TLS, too, where {@code
 *     server.http2.enabled} is set
 * @param timeouts how long a client may take
 */
public record EdgeProperties(
        @DefaultValue({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
                List<String> allowedMethods,
        @DefaultValue List<String> allowedHosts,
        @DefaultValue("100") int maxHeaders,
        @DefaultValue("false") boolean mergeSlashes,
        @DefaultValue List<String> passHeaders,
        @DefaultValue List<String> requestUriHosts,
        @DefaultValue("0B") DataSize maxBodySize,
        @DefaultValue("1KB") DataSize minBodySize,
        @DefaultValue("20000") int maxConnections,
        @DefaultValue("5000") int maxConnectionsPerClient,
        @DefaultValue("1000") int maxControlFrames,
        @DefaultValue("true") boolean h2c,
        @NestedConfigurationProperty @DefaultValue EdgeTimeouts timeouts) {

    private static final String PREFIX = "sluice.edge.";
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");

    public EdgeProperties {
        for (String method : allowedMethods) {
            Setting.require(
                    TOKEN.matcher(method).matches() && !"CONNECT".equals(method),
                    PREFIX + "allowed-methods",
                    method,
                    "names of methods other than CONNECT, such as GET");
        }
        hosts("allowed-hosts", allowedHosts);
        hosts("request-uri-hosts", requestUriHosts);
        Setting.between(PREFIX + "max-headers", maxHeaders, 10, 10_000);
        for (String header : passHeaders) {
            Setting.require(
                    TOKEN.matcher(header).matches(),
                    PREFIX + "pass-headers",
                    header,
                    "names of headers");
        }
        notNegative("max-body-size", maxBodySize);
        notNegative("min-body-size", minBodySize);
        Setting.between(PREFIX + "max-connections", maxConnections, 1, 1_000_000);
        Setting.between(
                PREFIX + "max-connections-per-client", maxConnectionsPerClient, 0, 1_000_000);
        Setting.between(PREFIX + "max-control-frames", maxControlFrames, 10, 1_000_000);
    }

    private static void hosts(String key, List<String> hosts) {
        for (String host : hosts) {
            Setting.require(
                    AllowedHosts.isHost(host),
                    PREFIX + key,
                    host,
                    "hosts without ports, such as shop.example.com or *.example.com");
        }
    }

    private static void notNegative(String key, DataSize size) {
        Setting.require(
                !size.isNegative(), PREFIX + key, size, "a size of 0B or more, such as 1MB");
    }
}
