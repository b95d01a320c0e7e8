package io.sluice.pipeline;

import org.springframework.cloud.gateway.route.Route;

/** A feature's look at each route before the first configuration becomes active. */
@FunctionalInterface
public interface RouteCheck {

    /**
     * Returns normally when the route can work.
     *
     * @throws io.sluice.settings.SettingException when it never can
     */
    void check(Route route);
}
