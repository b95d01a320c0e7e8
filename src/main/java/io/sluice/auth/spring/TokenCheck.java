package io.sluice.auth.spring;

import io.sluice.auth.Examination;
import io.sluice.auth.IntrospectionReader;
import io.sluice.auth.KeySet;
import io.sluice.auth.KeySetState.Plan;
import io.sluice.auth.PlausibleToken;
import io.sluice.auth.TokenVerifier;
import io.sluice.auth.Verification;
import io.sluice.auth.VerifiedTokens;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Brings a token, the cache, its issuer's keys and the verifier together. A token that is known
 * costs a hash and a lookup on the calling thread; an unknown one is parsed and verified on the
 * scheduler, as a signature takes longer than an event loop may be held up.
 */
final class TokenCheck implements AutoCloseable {

    private static final Duration BUSY_RETRY = Duration.ofSeconds(1);

    private final TokenVerifier verifier;
    private final VerifiedTokens tokens;
    private final Map<String, IssuerKeys> keys;
    private final @Nullable Introspection introspection;
    private final Scheduler scheduler;

    /**
     * @param keys by issuer; every issuer of the verifier is in it
     * @param introspection who decides opaque tokens; null: they are malformed
     * @param scheduler bounded in threads and in waiting tasks; closed with this
     */
    TokenCheck(
            TokenVerifier verifier,
            VerifiedTokens tokens,
            Map<String, IssuerKeys> keys,
            @Nullable Introspection introspection,
            Scheduler scheduler) {
        this.verifier = verifier;
        this.tokens = tokens;
        this.keys = Map.copyOf(keys);
        this.introspection = introspection;
        this.scheduler = scheduler;
    }

    /** Whether any token could pass at all. */
    boolean hasIssuers() {
        return !keys.isEmpty() || introspection != null;
    }

    private @Nullable Introspection introspectionOf(String token) {
        return introspection != null && IntrospectionReader.isOpaque(token) ? introspection : null;
    }

    /** The issuers whose keys could not be fetched last time. */
    List<String> failingIssuers() {
        return keys.entrySet().stream()
                .filter(issuer -> issuer.getValue().failing())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** The verified token if it is remembered, in time, and its key is still its issuer's. */
    Verification.@Nullable Verified known(String token) {
        Introspection opaque = introspectionOf(token);
        if (opaque != null) {
            return opaque.known(token);
        }
        Verification.Verified known = tokens.find(token);
        Verification.Proof proof = known == null ? null : known.proof();
        if (known == null || proof == null) {
            return null;
        }
        IssuerKeys issuer = keys.get(known.identity().issuer());
        KeySet current = issuer == null ? null : issuer.now(proof.algorithm(), proof.key().id());
        return current != null && current.holds(proof.key()) ? known : null;
    }

    /**
     * What the full check would say, as far as that is known without asking or remembering
     * anything; {@code null} where keys would have to be fetched or an endpoint asked.
     */
    @Nullable Verification preview(String token) {
        if (introspectionOf(token) != null) {
            return null;
        }
        Examination examination = verifier.examine(token);
        if (examination instanceof PlausibleToken plausible) {
            IssuerKeys issuer = keys.get(plausible.issuer());
            KeySet held =
                    issuer == null ? null : issuer.held(plausible.algorithm(), plausible.keyId());
            return held == null ? null : verifier.verify(plausible, held);
        }
        return (Verification.Refused) examination;
    }

    /** The full check, off the calling thread. Too much waiting already: keys unavailable. */
    Mono<Verification> check(String token) {
        Introspection opaque = introspectionOf(token);
        return opaque != null ? opaque.check(token) : verified(token);
    }

    private Mono<Verification> verified(String token) {
        return Mono.defer(() -> examined(token))
                .subscribeOn(scheduler)
                .onErrorResume(
                        RejectedExecutionException.class,
                        full -> Mono.just(new Verification.Unavailable(BUSY_RETRY)));
    }

    private Mono<Verification> examined(String token) {
        Examination examination = verifier.examine(token);
        if (examination instanceof PlausibleToken plausible) {
            IssuerKeys issuer = keys.get(plausible.issuer());
            if (issuer == null) {
                throw new IllegalStateException("no keys for a configured issuer");
            }
            KeySet current = issuer.now(plausible.algorithm(), plausible.keyId());
            return current != null
                    ? Mono.just(verify(token, plausible, current))
                    : issuer.forToken(plausible.algorithm(), plausible.keyId())
                            .publishOn(scheduler)
                            .map(plan -> conclude(token, plausible, plan));
        }
        return Mono.just((Verification.Refused) examination);
    }

    private Verification conclude(String token, PlausibleToken plausible, Plan plan) {
        if (plan instanceof Plan.Use use) {
            return verify(token, plausible, use.keys());
        }
        Plan.Unavailable unavailable = (Plan.Unavailable) plan;
        return new Verification.Unavailable(unavailable.retryAfter());
    }

    private Verification verify(String token, PlausibleToken plausible, KeySet current) {
        Verification verification = verifier.verify(plausible, current);
        if (verification instanceof Verification.Verified verified) {
            tokens.remember(token, verified);
        }
        return verification;
    }

    @Override
    public void close() {
        if (introspection != null) {
            introspection.close();
        }
        scheduler.dispose();
    }
}
