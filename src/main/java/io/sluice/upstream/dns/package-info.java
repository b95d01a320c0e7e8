/**
 * Endpoints from DNS: asks name servers for the A and AAAA records of a name; what the answers mean
 * is decided by {@link io.sluice.upstream.ResolvedName}.
 */
@NullMarked
package io.sluice.upstream.dns;

import org.jspecify.annotations.NullMarked;
