package io.sluice.auth.spring;

import io.sluice.auth.AccessRules;
import io.sluice.auth.Algorithm;
import io.sluice.auth.IdentityHeaders;
import io.sluice.auth.IssuerRules;
import io.sluice.auth.KeyReader;
import io.sluice.auth.KeyReading;
import io.sluice.auth.Requirements;
import io.sluice.auth.RevocationStore;
import io.sluice.auth.TokenMint;
import io.sluice.auth.TokenVerifier;
import io.sluice.auth.Verification;
import io.sluice.auth.VerifiedTokens;
import io.sluice.pipeline.RequestState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What {@code JwtAuth} adds to a request whose token is remembered: from the header to the exchange
 * that is handed on, identity headers written, rules and revocation judged. Beside it, what an
 * unknown token costs on the threads that verify.
 *
 * <p>Run it with {@code bench/auth-jmh}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class AuthBenchmark {

    private static final String ISSUER = "https://id.example.com/realms/shop";

    @Param({"RS256", "ES256"})
    public String algorithm;

    @Param({"100", "10000"})
    public int tokens;

    private final GatewayFilterChain chain = exchange -> Mono.empty();
    private final List<ServerWebExchange> exchanges = new ArrayList<>();
    private final List<String> written = new ArrayList<>();
    private JwtAuthFilter filter;
    private TokenCheck unknown;
    private int next;

    @Setup
    public void setUp() {
        TokenMint mint =
                algorithm.equals("RS256")
                        ? TokenMint.rsa(algorithm, "2026-11")
                        : TokenMint.ec(algorithm, "2026-11");
        for (int i = 0; i < tokens; i++) {
            String token = mint.token(claims(i));
            written.add(token);
            MockServerWebExchange exchange =
                    MockServerWebExchange.from(
                            MockServerHttpRequest.get("/orders/1")
                                    .header("Authorization", "Bearer " + token)
                                    .header("Accept", "application/json")
                                    .header("User-Agent", "benchmark"));
            RequestState.of(exchange);
            exchanges.add(exchange);
        }
        KeyReading.Usable keys = (KeyReading.Usable) KeyReader.jwkSet(TokenMint.jwkSet(mint));
        TokenCheck known = check(keys, 4 * tokens);
        unknown = check(keys, 0);
        RevocationStore nothing =
                names ->
                        CompletableFuture.completedFuture(
                                new ArrayList<>(names.stream().map(n -> (String) null).toList()));
        AuthMetrics metrics = new AuthMetrics(null);
        RevocationCheck revocations = new RevocationCheck(nothing, 4 * tokens, System::nanoTime);
        Requirements read =
                new Requirements(
                        Set.of("orders.read"), Set.of(), Set.of(), Set.of(), Map.of(), Set.of());
        filter =
                new JwtAuthFilter(
                        new AccessRules(read, Map.of(), false),
                        known,
                        new RevocationGate(revocations, false, metrics),
                        metrics,
                        true);
        for (String token : written) {
            if (!(known.check(token).block() instanceof Verification.Verified)) {
                throw new IllegalStateException("not verified: " + token);
            }
        }
    }

    private static TokenCheck check(KeyReading.Usable keys, int size) {
        InstantSource clock = InstantSource.system();
        IssuerRules rules =
                new IssuerRules(
                        ISSUER,
                        Algorithm.ASYMMETRIC_DEFAULT,
                        Set.of("orders-api"),
                        Duration.ofSeconds(30));
        IdentityHeaders headers =
                new IdentityHeaders(Map.of("sub", "X-User-Id", "scope", "X-User-Scope"));
        return new TokenCheck(
                new TokenVerifier(List.of(rules), headers, clock),
                new VerifiedTokens(new CaffeineTokens(size), clock),
                Map.of(ISSUER, IssuerKeys.fixed(keys.keys())),
                null,
                Schedulers.immediate());
    }

    /** About what an access token of a common identity provider says: some 700 characters. */
    private static Map<String, Object> claims(int i) {
        long now = Instant.now().getEpochSecond();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", ISSUER);
        claims.put("sub", new UUID(i, ~i).toString());
        claims.put("aud", List.of("orders-api", "account"));
        claims.put("azp", "web");
        claims.put("jti", new UUID(~i, i).toString());
        claims.put("iat", now);
        claims.put("exp", now + 36_000);
        claims.put("scope", "openid profile orders.read");
        claims.put("realm_access", Map.of("roles", List.of("user", "offline_access")));
        return claims;
    }

    private int next() {
        next = next + 1 == tokens ? 0 : next + 1;
        return next;
    }

    /** The whole filter, a remembered token each time. */
    @Benchmark
    public Object rememberedToken() {
        return filter.filter(exchanges.get(next()), chain).block();
    }

    /** Parsing and verifying, nothing remembered. */
    @Benchmark
    public Object unknownToken() {
        return unknown.check(written.get(next())).block();
    }
}
