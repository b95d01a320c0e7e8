package io.sluice.routing.spring;

import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How routes are found and refreshed.
 *
 * @param index the route index
 * @param shortWay whether requests that are for a route go there without the search through
 *     Spring's handler mappings and without its observation; false sends all of them Spring's way
 */
public record RoutingProperties(
        @NestedConfigurationProperty @DefaultValue Index index,
        @DefaultValue("true") boolean shortWay) {

    /**
     * The route index.
     *
     * @param enabled whether routes are found by the index and refreshed by what changed; false
     *     leaves both to Spring Cloud Gateway, which tests one route after the other
     */
    public record Index(@DefaultValue("true") boolean enabled) {}
}
