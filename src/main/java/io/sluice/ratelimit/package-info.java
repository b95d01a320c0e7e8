/**
 * Rate limiting: how many requests may pass, exactly, over any number of gateways.
 *
 * <p>A {@link io.sluice.ratelimit.Policy} names a limit: whose it is ({@link
 * io.sluice.ratelimit.KeySpec}), how big a bucket is and how fast it refills ({@link
 * io.sluice.ratelimit.BucketShape}), what a request costs. For a request, each of its policies
 * makes a {@link io.sluice.ratelimit.Demand} on one bucket, and all demands are decided together:
 * every bucket gives, or none does.
 *
 * <p>The arithmetic is {@link io.sluice.ratelimit.TokenBucket}, a pure function over whole numbers
 * below 2^53. It exists twice, here and as {@code decide.lua} on Redis, and a test holds the two
 * equal bit for bit. A {@link io.sluice.ratelimit.RateLimitStore} keeps buckets: {@link
 * io.sluice.ratelimit.LocalStore} in this process, {@code RedisStore} for a fleet. {@link
 * io.sluice.ratelimit.RateLimiter} asks the shared store while it answers and follows each policy's
 * rule while it does not. Between the two stands {@link io.sluice.ratelimit.SharedBuckets}: what is
 * known to be denied is denied without a call ({@link io.sluice.ratelimit.DenyCache}), requests
 * that ask the same share one ({@link io.sluice.ratelimit.Coalescer}), and nothing is asked of a
 * store that does not answer ({@link io.sluice.ratelimit.CircuitBreaker}).
 *
 * <p>The bound that all of it keeps: in any window of length t, the cost of what one bucket admits
 * is at most {@code capacity + rate * t}, on the clock of the store that decides.
 *
 * <p>Where to add: another store implements the port; another size for some identities is another
 * shape in the demand.
 */
@NullMarked
package io.sluice.ratelimit;

import org.jspecify.annotations.NullMarked;
