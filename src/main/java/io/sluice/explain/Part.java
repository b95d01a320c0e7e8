package io.sluice.explain;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one of the deciding filters would do with a request. Immutable.
 *
 * <p>{@link #refusal} is the answer it would give in place of letting the request go on.
 */
public sealed interface Part {

    /** What is answered, or {@code null} where the request goes on or nobody can say. */
    @Nullable Refusal refusal();

    /**
     * An answer of the gateway's own.
     *
     * @param error the code of its problem document
     * @param why for people
     */
    record Refusal(int status, String error, String why) {}

    /** A check that only refuses. */
    record Check(Refusal refusal) implements Part {}

    /**
     * What an authentication filter asks, and what it finds.
     *
     * @param filter its name
     * @param asks what a credential must grant, by kind; empty where any verified one will do
     * @param optional whether a request without a credential passes
     * @param finding for people; says so where the answer depends on what is not asked here
     */
    record Authentication(
            String filter,
            Map<String, Object> asks,
            boolean optional,
            String finding,
            @Nullable Refusal refusal)
            implements Part {

        public Authentication {
            asks = Map.copyOf(asks);
        }
    }

    /** The rate limits, decided together. */
    record Limits(List<Limit> policies, @Nullable Refusal refusal) implements Part {

        public Limits {
            policies = List.copyOf(policies);
        }
    }

    /**
     * One policy.
     *
     * @param identity whom the request counts for, as it stands in the key
     * @param key the bucket's name in the store
     * @param cost tokens that the request would take
     * @param shadow whether the policy only reports
     * @param exempt whether the identity is on the allow-list; nothing is taken then
     * @param tokens whole tokens in the bucket now; {@code null} where it was not looked at
     * @param capacity tokens when it is full
     * @param resetSeconds until it is full; {@code null} where it was not looked at
     */
    record Limit(
            String policy,
            String identity,
            String key,
            long cost,
            boolean shadow,
            boolean exempt,
            @Nullable Long tokens,
            long capacity,
            @Nullable Double resetSeconds) {}

    /**
     * Where the request would go.
     *
     * @param upstream the id of the upstream; {@code null} for a plain address
     * @param target the route's address
     * @param algorithm how an instance is picked; {@code null} for a plain address
     * @param keyed whether the request carries the key that the algorithm hashes
     * @param chosen the instance that a hashing algorithm picks for this key now; {@code null}
     *     where chance or a turn has a part
     * @param instances as {@code /actuator/upstreams} shows them, each with its score
     * @param note what is not known here
     */
    record Balancing(
            @Nullable String upstream,
            String target,
            @Nullable String algorithm,
            boolean keyed,
            @Nullable String chosen,
            List<?> instances,
            @Nullable String note,
            @Nullable Refusal refusal)
            implements Part {

        public Balancing {
            instances = List.copyOf(instances);
        }
    }
}
