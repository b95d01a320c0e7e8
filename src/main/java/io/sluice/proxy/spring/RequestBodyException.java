package io.sluice.proxy.spring;

import org.jspecify.annotations.Nullable;

/**
 * The client's body broke off or could not be decoded. It is set apart from what happens at the
 * instance: a client must not be able to have instances taken for sick. Carries no stack.
 */
final class RequestBodyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RequestBodyException(@Nullable Throwable cause) {
        super("the request body cannot be read", cause, false, false);
    }
}
