/**
 * Spring Cloud Gateway's routes behind {@link io.sluice.routing.RouteIndex}: the table that holds
 * them, what each change rebuilds, and the handler mapping that asks.
 */
@NullMarked
package io.sluice.routing.spring;

import org.jspecify.annotations.NullMarked;
