/** Revocations kept on Redis, where every gateway finds them. */
@NullMarked
package io.sluice.auth.redis;

import org.jspecify.annotations.NullMarked;
