package io.sluice.auth.spring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what authentication decided: {@code sluice.auth} by {@code result}. */
final class AuthMetrics {

    /** The values of the tag {@code result}; there are no others. */
    enum Result {
        /** A token was verified. */
        VERIFIED,
        /** A token was known as verified. */
        CACHED,
        /** No credential, on a route where none is needed. */
        ANONYMOUS,
        NO_CREDENTIAL,
        INVALID_REQUEST,
        INVALID_TOKEN,
        INSUFFICIENT_SCOPE,
        KEYS_UNAVAILABLE,
        /** A good token or key that was revoked. */
        REVOKED,
        /** Refused, as the revocation store cannot be asked. */
        REVOCATIONS_UNAVAILABLE,
        /** Let through without that question; counted beside the request's own result. */
        REVOCATION_SKIPPED,
        /** An API key was found. */
        API_KEY,
        INVALID_API_KEY,
        /** A client certificate was shown, and may come in. */
        CLIENT_CERTIFICATE
    }

    private final Map<Result, Counter> counters = new EnumMap<>(Result.class);

    AuthMetrics(@Nullable MeterRegistry registry) {
        if (registry == null) {
            return;
        }
        for (Result result : Result.values()) {
            Counter counter =
                    Counter.builder("sluice.auth")
                            .description("Decisions of authentication")
                            .tag("result", result.name().toLowerCase(Locale.ROOT))
                            .register(registry);
            counters.put(result, counter);
        }
    }

    void count(Result result) {
        Counter counter = counters.get(result);
        if (counter != null) {
            counter.increment();
        }
    }
}
