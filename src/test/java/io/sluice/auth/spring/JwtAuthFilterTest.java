package io.sluice.auth.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.AccessRules;
import io.sluice.auth.Algorithm;
import io.sluice.auth.Identity;
import io.sluice.auth.IdentityHeaders;
import io.sluice.auth.IssuerRules;
import io.sluice.auth.KeySetPolicy;
import io.sluice.auth.RevocationStore;
import io.sluice.auth.TokenHash;
import io.sluice.auth.TokenMint;
import io.sluice.auth.TokenVerifier;
import io.sluice.auth.Verification;
import io.sluice.auth.VerifiedTokens;
import io.sluice.pipeline.RequestState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.filter.ratelimit.PrincipalNameKeyResolver;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The filter with all that stands behind it, on a clock that is set by hand. */
class JwtAuthFilterTest {

    private static final TokenMint MINT = TokenMint.ed25519("one");
    private static final TokenMint NEXT = TokenMint.ed25519("two");

    private Instant now = Instant.ofEpochSecond(1_800_000_000);
    private final InstantSource clock = () -> now;
    private final AtomicReference<String> keySet = new AtomicReference<>(TokenMint.jwkSet(MINT));
    private final CaffeineTokens tokens = new CaffeineTokens(100);
    private final AtomicReference<String> revoked = new AtomicReference<>("none");
    private boolean passesUnknown;
    private boolean storeGone;
    private final RevocationStore store =
            names ->
                    storeGone
                            ? CompletableFuture.failedFuture(new IOException("gone"))
                            : CompletableFuture.completedFuture(
                                    names.stream()
                                            .map(name -> name.equals(revoked.get()) ? "" : null)
                                            .toList());
    private final AtomicReference<ServerWebExchange> passed = new AtomicReference<>();

    private JwtAuthFilter filter(boolean forwardToken, Scheduler scheduler) {
        IssuerRules rules =
                new IssuerRules("iss", Set.of(Algorithm.EdDSA), Set.of(), Duration.ofSeconds(30));
        IdentityHeaders headers = new IdentityHeaders(Map.of("sub", "X-User-Id"));
        IssuerKeys keys =
                new FetchedKeys(
                        "iss",
                        Set.of(Algorithm.EdDSA),
                        Mono.fromSupplier(keySet::get),
                        KeySetPolicy.DEFAULT,
                        () -> now.getEpochSecond() * 1_000_000_000L,
                        new SplittableRandom(1),
                        new KeyMeters(null, "iss"));
        TokenCheck check =
                new TokenCheck(
                        new TokenVerifier(List.of(rules), headers, clock),
                        new VerifiedTokens(tokens, clock),
                        Map.of("iss", keys),
                        null,
                        scheduler);
        AuthMetrics metrics = new AuthMetrics(null);
        RevocationCheck revocations =
                new RevocationCheck(store, 100, () -> now.getEpochSecond() * 1_000_000_000L);
        return new JwtAuthFilter(
                AccessRules.AUTHENTICATED,
                check,
                new RevocationGate(revocations, passesUnknown, metrics),
                metrics,
                forwardToken);
    }

    private HttpStatusCode ask(JwtAuthFilter filter, String token) {
        MockServerWebExchange exchange =
                MockServerWebExchange.from(
                        MockServerHttpRequest.get("/").header("Authorization", "Bearer " + token));
        passed.set(null);
        filter.filter(
                        exchange,
                        admitted -> {
                            passed.set(admitted);
                            return Mono.empty();
                        })
                .block(Duration.ofSeconds(5));
        return passed.get() == null ? exchange.getResponse().getStatusCode() : HttpStatus.OK;
    }

    private String token(TokenMint mint) {
        return mint.token(Map.of("iss", "iss", "sub", "ada", "exp", now.getEpochSecond() + 600));
    }

    @Test
    void filter_goodToken_setsPrincipalAndState() {
        JwtAuthFilter filter = filter(true, Schedulers.immediate());
        assertThat(ask(filter, token(MINT))).isEqualTo(HttpStatus.OK);
        ServerWebExchange admitted = passed.get();
        assertThat(new PrincipalNameKeyResolver().resolve(admitted).block()).isEqualTo("ada");
        assertThat(RequestState.of(admitted).identity().subject()).isEqualTo("ada");
        assertThat(admitted.getRequest().getHeaders().getFirst("Authorization"))
                .startsWith("Bearer ");
    }

    @Test
    void filter_forwardTokenOff_removesAuthorization() {
        JwtAuthFilter filter = filter(false, Schedulers.immediate());
        assertThat(ask(filter, token(MINT))).isEqualTo(HttpStatus.OK);
        assertThat(passed.get().getRequest().getHeaders().containsHeader("Authorization"))
                .isFalse();
        assertThat(passed.get().getRequest().getHeaders().getFirst("X-User-Id")).isEqualTo("ada");
    }

    @Test
    void filter_cachedToken_isRefusedOnceExpired() {
        JwtAuthFilter filter = filter(true, Schedulers.immediate());
        String token = token(MINT);
        assertThat(ask(filter, token)).isEqualTo(HttpStatus.OK);
        assertThat(tokens.size()).isEqualTo(1);
        now = now.plusSeconds(629);
        assertThat(ask(filter, token)).isEqualTo(HttpStatus.OK);
        assertThat(tokens.size()).isZero();
        now = now.plusSeconds(1);
        assertThat(ask(filter, token)).isEqualTo(HttpStatus.UNAUTHORIZED);
    }

    @Test
    void filter_cachedTokenOfWithdrawnKey_isRefusedAfterRefresh() {
        JwtAuthFilter filter = filter(true, Schedulers.immediate());
        String token = token(MINT);
        assertThat(ask(filter, token)).isEqualTo(HttpStatus.OK);
        keySet.set(TokenMint.jwkSet(NEXT));
        assertThat(ask(filter, token)).isEqualTo(HttpStatus.OK);
        now = now.plusSeconds(300);
        assertThat(ask(filter, token)).isEqualTo(HttpStatus.UNAUTHORIZED);
        assertThat(ask(filter, token(NEXT))).isEqualTo(HttpStatus.OK);
    }

    @Test
    void filter_cachedTokenIsRevoked_isRefusedWithinASecond() {
        JwtAuthFilter filter = filter(true, Schedulers.immediate());
        String token = token(MINT);
        assertThat(ask(filter, token)).isEqualTo(HttpStatus.OK);
        for (String name : List.of("rev:{iss}:sub:ada", "rev:{iss}:kid:one")) {
            revoked.set(name);
            assertThat(ask(filter, token)).isEqualTo(HttpStatus.OK);
            now = now.plusSeconds(1);
            assertThat(ask(filter, token)).as(name).isEqualTo(HttpStatus.UNAUTHORIZED);
            revoked.set("none");
            now = now.plusSeconds(1);
            assertThat(ask(filter, token)).isEqualTo(HttpStatus.OK);
        }
    }

    @Test
    void filter_revocationsCannotBeAsked_theRouteDecides() {
        storeGone = true;
        assertThat(ask(filter(true, Schedulers.immediate()), token(MINT)))
                .isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(ask(filter(true, Schedulers.immediate()), token(NEXT)))
                .isEqualTo(HttpStatus.UNAUTHORIZED);
        passesUnknown = true;
        assertThat(ask(filter(true, Schedulers.immediate()), token(MINT))).isEqualTo(HttpStatus.OK);
    }

    @Test
    void filter_floodOfBadTokens_pushesNoGoodOneOut() {
        JwtAuthFilter filter = filter(true, Schedulers.immediate());
        String token = token(MINT);
        assertThat(ask(filter, token)).isEqualTo(HttpStatus.OK);
        for (int i = 0; i < 2_000; i++) {
            String bad = i % 2 == 0 ? token + "x" + i : token.substring(0, 60) + i + token;
            assertThat(ask(filter, bad)).isEqualTo(HttpStatus.UNAUTHORIZED);
        }
        assertThat(tokens.size()).isEqualTo(1);
    }

    @Test
    void tokens_aMillionDistinctOnes_cacheStaysBounded() {
        CaffeineTokens bounded = new CaffeineTokens(10_000);
        Verification.Verified verified =
                new Verification.Verified(
                        new Identity("ada", "iss", Set.of(), Map.of(), Instant.MAX),
                        Map.of(),
                        Instant.MIN,
                        null);
        long most = 0;
        for (int i = 0; i < 1_000_000; i++) {
            bounded.put(new TokenHash(i, ~i, i * 31L, i * 17L), verified, 700 + i % 700);
            if (i % 100_000 == 0) {
                most = Math.max(most, bounded.size());
            }
        }
        assertThat(Math.max(most, bounded.size())).isLessThanOrEqualTo(10_000);
    }

    @Test
    void filter_manyTokens_cacheStaysBounded() {
        JwtAuthFilter filter = filter(true, Schedulers.immediate());
        for (int i = 0; i < 1000; i++) {
            String token =
                    MINT.token(
                            Map.of(
                                    "iss", "iss",
                                    "sub", "u" + i,
                                    "exp", now.getEpochSecond() + 600));
            assertThat(ask(filter, token)).isEqualTo(HttpStatus.OK);
        }
        assertThat(tokens.size()).isLessThanOrEqualTo(100);
    }

    @Test
    void filter_noThreadLeft_503() {
        Scheduler closed = Schedulers.newSingle("closed");
        closed.dispose();
        JwtAuthFilter filter = filter(true, closed);
        assertThat(ask(filter, token(MINT))).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    }

    @Test
    void filter_unknownToken_isVerifiedOffTheCallingThread() {
        Scheduler own = Schedulers.newSingle("own");
        AtomicReference<String> thread = new AtomicReference<>();
        MockServerWebExchange exchange =
                MockServerWebExchange.from(
                        MockServerHttpRequest.get("/")
                                .header("Authorization", "Bearer " + token(MINT)));
        JwtAuthFilter filter = filter(true, own);
        for (String expected : List.of("own", Thread.currentThread().getName())) {
            filter.filter(
                            exchange,
                            admitted -> {
                                thread.set(Thread.currentThread().getName());
                                return Mono.empty();
                            })
                    .block(Duration.ofSeconds(5));
            assertThat(thread.get()).startsWith(expected);
        }
        own.dispose();
    }
}
