/**
 * Authentication in the gateway: the filters {@code JwtAuth} and {@code ApiKeyAuth}, the removal of
 * identity headers, and the fetching of key sets. What is decided, is decided in {@link
 * io.sluice.auth}.
 */
@NullMarked
package io.sluice.auth.spring;

import org.jspecify.annotations.NullMarked;
