/**
 * Measures rate limiters side by side; {@code bench/ratelimit} runs it, no build does. Nothing here
 * speaks HTTP: a limiter is asked as a gateway's event loop would ask it.
 */
package io.sluice.ratelimit.bench;
