package io.sluice.auth.spring;

import io.sluice.auth.IdentityHeaders;
import io.sluice.auth.IntrospectionReader;
import io.sluice.auth.IntrospectionRules;
import io.sluice.auth.IssuerRules;
import io.sluice.auth.TokenVerifier;
import io.sluice.auth.VerifiedTokens;
import io.sluice.pipeline.Draft;
import io.sluice.pipeline.Reloadable;
import io.sluice.settings.Setting;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Compiles {@code sluice.auth.*}, at start and anew. What has not changed is kept: the keys of an
 * issuer that is asked where it was, and the tokens verified by rules that still hold.
 */
final class AuthCompiler implements Reloadable, AutoCloseable {

    private static final int MAX_CACHE = 1_000_000;

    /** Waiting verifications; beyond it a request is answered 503 at once. */
    private static final int MAX_WAITING = 10_000;

    /** Requests that began before a change may still ask for this long. */
    private static final long FAREWELL_SECONDS = 60;

    private final IssuerKeySources sources;
    private final InstantSource clock = InstantSource.system();
    private final int cacheSize;
    private final Scheduler scheduler;
    private final AuthRules first;

    // The thread of the reload alone touches these.
    private AuthProperties settings;
    private CaffeineTokens store;
    private VerifiedTokens tokens;
    private Map<String, IssuerKeys> keys;
    private @Nullable Introspection introspection;

    AuthCompiler(AuthProperties settings, IssuerKeySources sources) {
        this.sources = sources;
        this.settings = settings;
        IdentityHeaders headers = AuthSettings.identityHeaders(settings);
        List<IssuerRules> issuers = AuthSettings.issuers(settings);
        this.cacheSize =
                Setting.between(
                        AuthSettings.ROOT + ".token-cache-size",
                        settings.tokenCacheSize(),
                        0,
                        MAX_CACHE);
        this.keys = sources.of(settings, issuers);
        this.store = new CaffeineTokens(cacheSize);
        this.tokens = new VerifiedTokens(store, clock);
        this.scheduler = scheduler();
        this.introspection = introspection(settings, headers);
        this.first = rules(settings, headers, issuers, tokens, keys, introspection);
    }

    /** One thread per core: verifying is nothing but computing. */
    private static Scheduler scheduler() {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        return Schedulers.newBoundedElastic(threads, MAX_WAITING, "sluice-auth");
    }

    /** The rules of the start. */
    AuthRules first() {
        return first;
    }

    @Override
    public void prepare(Draft draft) {
        AuthProperties next = draft.setting(AuthProperties.class);
        if (next.equals(settings) && !readsFiles(next)) {
            return;
        }
        Setting.between(
                AuthSettings.ROOT + ".token-cache-size", next.tokenCacheSize(), 0, MAX_CACHE);
        IdentityHeaders headers = AuthSettings.identityHeaders(next);
        List<IssuerRules> issuers = AuthSettings.issuers(next);
        Map<String, IssuerKeys> nextKeys = sources.of(next, issuers, kept(next));
        boolean sameHeaders = next.identityHeaders().equals(settings.identityHeaders());
        Introspection nextIntrospection =
                sameHeaders && same(next.introspection(), settings.introspection())
                        ? introspection
                        : introspection(next, headers);
        CaffeineTokens nextStore = sameHeaders ? remembered(next) : new CaffeineTokens(cacheSize);
        VerifiedTokens nextTokens =
                nextStore == store ? tokens : new VerifiedTokens(nextStore, clock);
        draft.put(
                AuthRules.PART,
                rules(next, headers, issuers, nextTokens, nextKeys, nextIntrospection));
        draft.outdateRoutes();
        Introspection before = introspection;
        draft.afterSwap(
                () -> {
                    settings = next;
                    store = nextStore;
                    tokens = nextTokens;
                    keys = nextKeys;
                    introspection = nextIntrospection;
                    nextKeys.values().forEach(IssuerKeys::inUse);
                    if (before != null && before != nextIntrospection) {
                        scheduler.schedule(before::close, FAREWELL_SECONDS, TimeUnit.SECONDS);
                    }
                });
        draft.onDiscard(
                () -> {
                    if (nextIntrospection != null && nextIntrospection != before) {
                        nextIntrospection.close();
                    }
                });
    }

    private static boolean readsFiles(AuthProperties settings) {
        return settings.issuers().stream().anyMatch(one -> one.publicKeyLocation() != null);
    }

    private static boolean same(@Nullable Object one, @Nullable Object other) {
        return one == null ? other == null : one.equals(other);
    }

    /** Fetched keys of issuers that are asked for them at the same address for the same use. */
    private Map<String, IssuerKeys> kept(AuthProperties next) {
        Set<List<@Nullable Object>> before = new HashSet<>();
        settings.issuers().forEach(one -> before.add(fetchOf(one)));
        Map<String, IssuerKeys> kept = new HashMap<>();
        for (AuthProperties.Issuer one : next.issuers()) {
            IssuerKeys known = keys.get(String.valueOf(one.issuer()));
            if (known != null && one.jwkSetUri() != null && before.contains(fetchOf(one))) {
                kept.put(String.valueOf(one.issuer()), known);
            }
        }
        return kept;
    }

    private static List<@Nullable Object> fetchOf(AuthProperties.Issuer issuer) {
        return Arrays.asList(issuer.issuer(), issuer.jwkSetUri(), issuer.algorithms());
    }

    /** The tokens of issuers whose rules are the same; all of them where none has changed. */
    private CaffeineTokens remembered(AuthProperties next) {
        if (next.issuers().containsAll(settings.issuers())) {
            return store;
        }
        Set<String> unchanged = new HashSet<>();
        settings.issuers().stream()
                .filter(next.issuers()::contains)
                .forEach(one -> unchanged.add(String.valueOf(one.issuer())));
        CaffeineTokens copy = new CaffeineTokens(cacheSize);
        store.copyTo(copy, verified -> unchanged.contains(verified.identity().issuer()));
        return copy;
    }

    private AuthRules rules(
            AuthProperties given,
            IdentityHeaders headers,
            List<IssuerRules> issuers,
            VerifiedTokens remembered,
            Map<String, IssuerKeys> issuerKeys,
            @Nullable Introspection asked) {
        return new AuthRules(
                headers,
                new TokenCheck(
                        new TokenVerifier(issuers, headers, clock),
                        remembered,
                        issuerKeys,
                        asked,
                        scheduler),
                AuthSettings.apiKeys(given, clock),
                AuthSettings.passesUnknown(given.revocation()),
                given.forwardToken());
    }

    private @Nullable Introspection introspection(AuthProperties given, IdentityHeaders headers) {
        AuthProperties.Introspection asked = given.introspection();
        if (asked == null) {
            return null;
        }
        IntrospectionRules rules = AuthSettings.introspection(asked);
        return new Introspection(
                IntrospectionClient.of(asked),
                new IntrospectionReader(rules, headers, clock),
                asked.cacheTime(),
                cacheSize,
                clock,
                System::nanoTime,
                scheduler);
    }

    @Override
    public void close() {
        if (introspection != null) {
            introspection.close();
        }
        scheduler.dispose();
    }
}
