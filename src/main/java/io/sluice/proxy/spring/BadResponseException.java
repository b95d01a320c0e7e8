package io.sluice.proxy.spring;

import java.io.IOException;

/** What came is no response to this request. Carries no stack. */
final class BadResponseException extends IOException {

    private static final long serialVersionUID = 1L;

    BadResponseException() {
        super("the upstream's answer is no response");
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable fillInStackTrace() {
        return this;
    }
}
