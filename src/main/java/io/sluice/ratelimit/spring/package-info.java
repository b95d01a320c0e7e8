/** The RateLimit filter of a route, its headers, its settings and its endpoint. */
@NullMarked
package io.sluice.ratelimit.spring;

import org.jspecify.annotations.NullMarked;
