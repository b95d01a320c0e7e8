/**
 * Sluice: an API gateway and load balancer on Spring Cloud Gateway. Begin with {@link
 * io.sluice.pipeline.Stage}, the way of a request.
 */
@NullMarked
package io.sluice;

import org.jspecify.annotations.NullMarked;
