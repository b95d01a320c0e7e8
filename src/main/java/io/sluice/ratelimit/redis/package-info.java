/** The shared store on Redis: one script per decision, over a connection of its own. */
@NullMarked
package io.sluice.ratelimit.redis;

import org.jspecify.annotations.NullMarked;
