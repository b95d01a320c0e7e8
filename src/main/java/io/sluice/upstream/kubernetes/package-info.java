/**
 * Endpoints from Kubernetes: a list of the EndpointSlices of a Service, and then a watch of what
 * changes, straight from the API server by plain HTTP. What the slices come to is decided by {@link
 * io.sluice.upstream.EndpointSlices}, when to come back by {@link io.sluice.upstream.WatchPace}.
 */
@NullMarked
package io.sluice.upstream.kubernetes;

import org.jspecify.annotations.NullMarked;
