/**
 * The addresses behind an upstream's name and the state that is kept for each of them.
 *
 * <p>An {@link io.sluice.upstream.EndpointSet} is an immutable snapshot: which endpoints there are,
 * which are usable and with what weight. It is rebuilt by one writer and read without locks. The
 * {@link io.sluice.upstream.EndpointState} of an endpoint (in-flight count, response-time estimate)
 * is keyed by {@code host:port} and survives every rebuild; {@link
 * io.sluice.upstream.EndpointStates} hands it out and forgets it once the endpoint has gone and
 * nothing is in flight there. A {@link io.sluice.upstream.Lease} is what one attempt holds of a
 * state; it is released exactly once:
 *
 * <pre>{@code
 * Lease lease = state.acquire(nanoTime());
 * lease.responseStarted(nanoTime());                    // the head of a good answer
 * lease.release(Outcome.SUCCESS, nanoTime(), 0);        // or, whichever comes first:
 * lease.release(Outcome.CANCELLED, nanoTime(), 0);
 * lease.release(Outcome.SERVER_ERROR, nanoTime(), penaltyNanos);
 * }</pre>
 *
 * <p>All times are nanoseconds of one clock whose origin does not matter. Counts are single atomic
 * words on a cache line that no other object shares. What waits for an answer and since when is one
 * word too, so that the mean age is right at every instant; see {@code Waiting} and {@code
 * ResponseTimeEstimate}.
 *
 * <p>Endpoints come from an {@link io.sluice.upstream.EndpointSource}. What a DNS answer means for
 * the endpoints in use is decided by {@link io.sluice.upstream.ResolvedName}, what the slices of a
 * Kubernetes Service come to by {@link io.sluice.upstream.EndpointSlices}; their adapters ask and
 * obey.
 */
@NullMarked
package io.sluice.upstream;

import org.jspecify.annotations.NullMarked;
