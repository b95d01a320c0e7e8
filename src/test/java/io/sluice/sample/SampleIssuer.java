package io.sluice.sample;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** An issuer of tokens with a key made at start; its key set is served as a real one's is. */
public final class SampleIssuer {

    private final RSAKey key;
    private final DisposableServer server;

    private SampleIssuer(RSAKey key, DisposableServer server) {
        this.key = key;
        this.server = server;
    }

    public static SampleIssuer start() {
        try {
            RSAKey key = new RSAKeyGenerator(2048).keyID("sample").generate();
            String set = new JWKSet(key.toPublicJWK()).toString();
            DisposableServer server =
                    HttpServer.create()
                            .host("127.0.0.1")
                            .port(0)
                            .route(
                                    routes ->
                                            routes.get(
                                                    "/jwks.json",
                                                    (request, response) ->
                                                            response.header(
                                                                            "Content-Type",
                                                                            "application/json")
                                                                    .sendString(Mono.just(set))))
                            .bindNow();
            return new SampleIssuer(key, server);
        } catch (JOSEException e) {
            throw new IllegalStateException("no key could be made", e);
        }
    }

    private String issuer() {
        return "http://127.0.0.1:" + server.port() + "/";
    }

    /** The issuer, as properties of the gateway. */
    public Map<String, Object> properties() {
        return Map.of(
                "sluice.auth.issuers[0].issuer",
                issuer(),
                "sluice.auth.issuers[0].jwk-set-uri",
                issuer() + "jwks.json",
                "sluice.auth.issuers[0].audiences[0]",
                "orders-api");
    }

    /** A signed token of the user {@code ada}, with the scope that the sample route asks for. */
    public String token(Duration lifetime) {
        return token("ada", lifetime);
    }

    /** The same for another user. */
    public String token(String subject, Duration lifetime) {
        Instant now = Instant.now();
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
                        new JWTClaimsSet.Builder()
                                .issuer(issuer())
                                .subject(subject)
                                .audience("orders-api")
                                .claim("scope", "orders.read")
                                .issueTime(Date.from(now))
                                .expirationTime(Date.from(now.plus(lifetime)))
                                .build());
        try {
            token.sign(new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("the token could not be signed", e);
        }
        return token.serialize();
    }
}
