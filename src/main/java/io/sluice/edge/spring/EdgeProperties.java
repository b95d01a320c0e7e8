package io.sluice.edge.spring;

import io.sluice.settings.Setting;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is let in: {@code sluice.edge.*}.
 *
 * @param allowedMethods methods that are let through, case-sensitive; every other is answered with
 *     405. {@code CONNECT} cannot be allowed
 * @param maxHeaders most header lines of one request
 * @param mergeSlashes true reads a run of slashes in a path as one; false refuses it
 * @param passHeaders reserved headers that are let through from any client after all
 */
public record EdgeProperties(
        @DefaultValue({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
                List<String> allowedMethods,
        @DefaultValue("100") int maxHeaders,
        @DefaultValue("false") boolean mergeSlashes,
        @DefaultValue List<String> passHeaders) {

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
        Setting.between(PREFIX + "max-headers", maxHeaders, 10, 10_000);
        for (String header : passHeaders) {
            Setting.require(
                    TOKEN.matcher(header).matches(),
                    PREFIX + "pass-headers",
                    header,
                    "names of headers");
        }
    }
}
