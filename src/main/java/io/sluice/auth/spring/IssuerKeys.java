package io.sluice.auth.spring;

import io.sluice.auth.Algorithm;
import io.sluice.auth.KeySet;
import io.sluice.auth.KeySetState.Plan;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Where one issuer's keys come from. Thread-safe; never blocks. */
interface IssuerKeys {

    /**
     * The keys for such a token at once, or null where that takes a fetch or they are not to be
     * had.
     */
    @Nullable KeySet now(Algorithm algorithm, @Nullable String kid);

    /** As {@link #now}, and nothing is fetched for it. */
    @Nullable KeySet held(Algorithm algorithm, @Nullable String kid);

    /** The keys for such a token, after a fetch if need be: a Use or an Unavailable. */
    Mono<Plan> forToken(Algorithm algorithm, @Nullable String kid);

    /** Whether the last fetch has failed. */
    default boolean failing() {
        return false;
    }

    /** It is this issuer's source from now on: what is shown of it is of this one. */
    default void inUse() {}

    /** Keys that were read at start. */
    static IssuerKeys fixed(KeySet keys) {
        Mono<Plan> plan = Mono.just(new Plan.Use(keys, false));
        return new IssuerKeys() {
            @Override
            public KeySet now(Algorithm algorithm, @Nullable String kid) {
                return keys;
            }

            @Override
            public KeySet held(Algorithm algorithm, @Nullable String kid) {
                return keys;
            }

            @Override
            public Mono<Plan> forToken(Algorithm algorithm, @Nullable String kid) {
                return plan;
            }
        };
    }
}
