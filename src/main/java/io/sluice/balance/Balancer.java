package io.sluice.balance;

import io.sluice.upstream.EndpointSet;

/**
 * One balancing algorithm with its settings. Control plane: called by one writer whenever the set
 * of endpoints, their weights or their health change; what must survive a change (a counter, a
 * phase) lives here.
 */
public interface Balancer {

    /** Builds the immutable picker that requests read until the next change. Never returns null. */
    Picker picker(EndpointSet endpoints);
}
