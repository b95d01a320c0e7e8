/**
 * The event loops of the traffic: the threads that read and write for clients, upstreams and Redis.
 */
@NullMarked
package io.sluice.loops;

import org.jspecify.annotations.NullMarked;
