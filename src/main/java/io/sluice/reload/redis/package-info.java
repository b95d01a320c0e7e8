/** What gateways tell each other of their configurations, through Redis. */
@NullMarked
package io.sluice.reload.redis;

import org.jspecify.annotations.NullMarked;
