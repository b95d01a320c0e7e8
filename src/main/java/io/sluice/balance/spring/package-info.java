/**
 * Balancing on the request path: {@link io.sluice.balance.spring.Upstreams} holds what can be
 * balanced over, the balancing filter picks and leases for each attempt, the lease filter gives
 * back.
 */
@NullMarked
package io.sluice.balance.spring;

import org.jspecify.annotations.NullMarked;
