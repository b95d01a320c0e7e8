/**
 * What is settled about a request before anything believes it: who sent it, and whether its path
 * means one thing only. Plain Java; nothing here resolves a name or throws for bad input.
 *
 * <p>{@link io.sluice.edge.TrustedProxies} turns the peer's address and the forwarding headers into
 * the client's address, in the one spelling that {@link io.sluice.edge.ClientAddress} gives every
 * address, so that limits, hashes and logs agree:
 *
 * <pre>{@code
 * TrustedProxies proxies = TrustedProxies.of("sluice.trusted-proxies", List.of("10.0.0.0/8"));
 * proxies.clientOf("10.0.0.7", List.of("6.6.6.6, 192.0.2.1"), List.of());  // 192.0.2.1
 * proxies.clientOf("192.0.2.9", List.of("6.6.6.6"), List.of());            // 192.0.2.9
 * }</pre>
 *
 * <p>{@link io.sluice.edge.PathRules} refuses a path that routes, rules and upstreams could read
 * differently. A path that passes is forwarded exactly as it came; nothing is rewritten here.
 */
@NullMarked
package io.sluice.edge;

import org.jspecify.annotations.NullMarked;
