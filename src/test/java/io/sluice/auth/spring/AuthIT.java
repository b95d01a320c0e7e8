package io.sluice.auth.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.auth.TokenMint;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** The filters in a running gateway, on real sockets, with an upstream that keeps every byte. */
class AuthIT {

    private static final String ISSUER = "https://id.example.com/";
    private static final TokenMint MINT = TokenMint.rsa("RS256", "one");
    private static RawUpstream upstream;
    private static KeyServer keyServer;
    private static KeyServer hanging;
    private static ConfigurableApplicationContext gateway;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        upstream = new RawUpstream();
        keyServer = new KeyServer(MINT);
        hanging = new KeyServer(MINT).delay(Duration.ofMinutes(1));
        String yaml =
                """
                server.port: 0
                management.server.port: 0
                spring.cloud.gateway.server.webflux:
                  routes:
                    - { id: any, uri: "%1$s", predicates: [ "Path=/any" ], filters: [ JwtAuth ] }
                    - { id: read, uri: "%1$s", predicates: [ "Path=/read" ], filters: [ "JwtAuth=orders.read" ] }
                    - { id: both, uri: "%1$s", predicates: [ "Path=/both" ], filters: [ "JwtAuth=orders.read,orders.write" ] }
                    - id: named
                      uri: "%1$s"
                      predicates: [ "Path=/named" ]
                      filters:
                        - name: JwtAuth
                          args:
                            scopes: [ orders.read ]
                            any-scope: [ a.one, a.two ]
                            claims: { tenant_id: acme, "realm_access.roles": admin }
                            optional: true
                    - id: methods
                      uri: "%1$s"
                      predicates: [ "Path=/methods" ]
                      filters:
                        - name: JwtAuth
                          args:
                            audiences: orders-api
                            optional: true
                            methods:
                              POST: { scopes: [ orders.write ] }
                              DELETE: { any-role: admin }
                    - id: elsewhere
                      uri: "%1$s"
                      predicates: [ "Path=/elsewhere" ]
                      filters:
                        - { name: JwtAuth, args: { audiences: [ shop-api, other-api ] } }
                    - { id: open, uri: "%1$s", predicates: [ "Path=/open" ] }
                    - { id: down, uri: "%1$s", predicates: [ "Path=/down" ], filters: [ JwtAuth ] }
                    - { id: key, uri: "%1$s", predicates: [ "Path=/key" ], filters: [ "ApiKeyAuth=orders.read" ] }
                sluice.auth:
                  identity-headers: { sub: X-User-Id, scope: X-User-Scope, tenant_id: X-Tenant }
                  issuers:
                    - issuer: %2$s
                      jwk-set-uri: %3$s
                      audiences: [ orders-api ]
                    - issuer: https://down.example.com/
                      jwk-set-uri: %4$s
                  api-keys:
                    - { id: shop, sha256: 1ec1c26b50d5d3c58d9583181af8076655fe00756bf7285940ba3670f99fcba0, scopes: [ orders.read ] }
                    - { id: old, sha256: cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4, expires: 2020-01-01T00:00:00Z }
                """
                        .formatted(upstream.uri(), ISSUER, keyServer.uri(), hanging.uri());
        gateway = Gateways.start(yaml);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        keyServer.close();
        hanging.close();
        upstream.close();
    }

    private static HttpResponse<String> get(String path, String... headers) {
        int port = gateway.getEnvironment().getRequiredProperty("local.server.port", int.class);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String bearer(Map<String, Object> claims) {
        return "Bearer " + MINT.token(claims);
    }

    private static Map<String, Object> claims() {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", ISSUER);
        claims.put("sub", "ada");
        claims.put("aud", List.of("orders-api"));
        claims.put("exp", Instant.now().getEpochSecond() + 300);
        claims.put("scope", "orders.read a.two");
        return claims;
    }

    private static String challenge(HttpResponse<String> response) {
        return response.headers().firstValue("WWW-Authenticate").orElse("none");
    }

    @Test
    void noFilter_anyRequest_passes() {
        assertThat(get("/open").body()).isEqualTo("ok");
    }

    @Test
    void jwtAuth_noToken_bareChallenge() {
        HttpResponse<String> response = get("/any");
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(challenge(response)).isEqualTo("Bearer");
        assertThat(response.body()).contains("\"unauthorized\"");
    }

    @Test
    void jwtAuth_goodToken_identityReachesUpstream() {
        HttpResponse<String> response = get("/read", "Authorization", bearer(claims()));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(upstream.headers())
                .contains("x-user-id: ada", "x-user-scope: orders.read a.two")
                .anyMatch(line -> line.startsWith("authorization: Bearer "));
    }

    @Test
    void jwtAuth_namedArguments_allAreAsked() {
        Map<String, Object> claims = claims();
        claims.put("tenant_id", "acme");
        claims.put("realm_access", Map.of("roles", List.of("user", "admin")));
        HttpResponse<String> response = get("/named", "Authorization", bearer(claims));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(upstream.headers()).contains("x-tenant: acme");
        for (String claim : List.of("tenant_id", "realm_access")) {
            Map<String, Object> less = new LinkedHashMap<>(claims);
            less.remove(claim);
            HttpResponse<String> refused = get("/named", "Authorization", bearer(less));
            assertThat(refused.statusCode()).as(claim).isEqualTo(403);
            assertThat(challenge(refused)).isEqualTo("Bearer error=\"insufficient_scope\"");
        }
        claims.put("scope", "orders.read");
        assertThat(challenge(get("/named", "Authorization", bearer(claims))))
                .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"a.one a.two\"");
        assertThat(get("/named").statusCode()).isEqualTo(200);
        assertThat(get("/named", "Authorization", "Bearer abc").statusCode()).isEqualTo(401);
    }

    /** One request as written here, on a connection of its own; the status of its answer. */
    private static int raw(String path, String... lines) {
        int port = gateway.getEnvironment().getRequiredProperty("local.server.port", int.class);
        String request =
                "GET "
                        + path
                        + " HTTP/1.1\r\nHost: x\r\n"
                        + String.join("\r\n", lines)
                        + "\r\n\r\n";
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String status =
                    new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
            return Integer.parseInt(status.substring(9));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-User-Id", "x-user-id", "X-USER-ID", "X_User_Id", "x_user_id", "X_USER_ID",
                "X-User_Id", "X_User-Id", "X.User.Id", "x.user.id", "X-User.Id", "X.User-Id",
                "X_User.Id", "X.User_Id", "x-uSER-iD", "X-USER_ID", "X-User-Scope", "x_user_scope",
                "X.User.Scope", "X-Tenant", "x_tenant", "X.TENANT"
            })
    void strip_anySpellingOnAnyRoute_neverReachesUpstream(String name) {
        assertThat(raw("/open", name + ": evil", name + ": evil2")).isEqualTo(200);
        assertThat(upstream.headers()).noneMatch(line -> line.contains("evil"));
        assertThat(raw("/read", "Authorization: " + bearer(claims()), name + ": evil"))
                .isEqualTo(200);
        assertThat(upstream.headers())
                .contains("x-user-id: ada", "x-user-scope: orders.read a.two")
                .noneMatch(line -> line.contains("evil"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: close, X-User-Id, x_user_scope",
                "Connection: X-User-Id",
                "connection: x-user-id\r\nConnection: X-USER-SCOPE"
            })
    void strip_namedByConnection_gatewaysHeadersStay(String connection) {
        String token = "Authorization: " + bearer(claims());
        assertThat(raw("/read", token, connection)).isEqualTo(200);
        assertThat(upstream.headers())
                .contains("x-user-id: ada", "x-user-scope: orders.read a.two");
    }

    @Test
    void jwtAuth_missingScope_isForbiddenAndNotAsked() {
        int before = upstream.count();
        HttpResponse<String> response = get("/both", "Authorization", bearer(claims()));
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(challenge(response))
                .isEqualTo(
                        "Bearer error=\"insufficient_scope\", scope=\"orders.read orders.write\"");
        assertThat(response.body()).contains("insufficient-scope");
        assertThat(upstream.count()).isEqualTo(before);
    }

    @Test
    void jwtAuth_badTokens_areRefusedWithFixedText() {
        int before = upstream.count();
        Map<String, Object> expired = claims();
        expired.put("exp", Instant.now().getEpochSecond() - 60);
        Map<String, String> texts =
                Map.of(
                        bearer(expired),
                        "token expired",
                        "Bearer abc",
                        "malformed token",
                        "Bearer a.b.c.d.e",
                        "malformed token",
                        "Bearer",
                        "malformed token",
                        "Bearer " + MINT.as("RS384").token(claims()),
                        "unsupported algorithm",
                        "Bearer " + TokenMint.rsa("RS256", "one").token(claims()),
                        "invalid signature");
        texts.forEach(
                (value, text) -> {
                    HttpResponse<String> response = get("/any", "Authorization", value);
                    assertThat(response.statusCode()).isEqualTo(401);
                    assertThat(challenge(response))
                            .isEqualTo(
                                    "Bearer error=\"invalid_token\", error_description=\""
                                            + text
                                            + "\"");
                });
        assertThat(raw("/any", "Authorization: Bearer a", "Authorization: Bearer b"))
                .isEqualTo(400);
        assertThat(upstream.count()).isEqualTo(before);
    }

    @Test
    void jwtAuth_tokenInTheQuery_isNotRead() {
        assertThat(get("/any?access_token=" + MINT.token(claims())).statusCode()).isEqualTo(401);
    }

    @Test
    void jwtAuth_tokenInHeaderAndQuery_oneAnswer() {
        int before = upstream.count();
        String token = MINT.token(claims());
        for (String path : List.of("/any?access_token=" + token, "/any?access%5Ftoken=x&a=b")) {
            HttpResponse<String> response = get(path, "Authorization", "Bearer " + token);
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(challenge(response)).isEqualTo("Bearer error=\"invalid_request\"");
        }
        HttpResponse<String> joined =
                get("/any", "Authorization", "Bearer " + token + ", Bearer " + token);
        assertThat(joined.statusCode()).isEqualTo(400);
        assertThat(upstream.count()).isEqualTo(before);
    }

    private static HttpResponse<String> send(String method, String path, String... headers) {
        int port = gateway.getEnvironment().getRequiredProperty("local.server.port", int.class);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void jwtAuth_rulesOfAMethod_areAskedOfThatMethodOnly() {
        assertThat(send("GET", "/methods").statusCode()).isEqualTo(200);
        assertThat(send("POST", "/methods").statusCode()).isEqualTo(401);
        Map<String, Object> claims = claims();
        HttpResponse<String> refused = send("POST", "/methods", "Authorization", bearer(claims));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(challenge(refused))
                .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"orders.write\"");
        HttpResponse<String> noAdmin = send("DELETE", "/methods", "Authorization", bearer(claims));
        assertThat(noAdmin.statusCode()).isEqualTo(403);
        assertThat(challenge(noAdmin)).isEqualTo("Bearer error=\"insufficient_scope\"");
        claims.put("scope", "orders.write");
        claims.put("roles", List.of("admin"));
        String token = bearer(claims);
        for (String method : List.of("GET", "POST", "DELETE", "PUT")) {
            assertThat(send(method, "/methods", "Authorization", token).statusCode())
                    .as(method)
                    .isEqualTo(200);
        }
    }

    @Test
    void jwtAuth_audienceOfAnotherRoute_isRefusedThough() {
        HttpResponse<String> response = get("/elsewhere", "Authorization", bearer(claims()));
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(challenge(response))
                .isEqualTo("Bearer error=\"invalid_token\", error_description=\"wrong audience\"");
    }

    @Test
    void readiness_issuerDown_isReadyAllTheSame() {
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void jwtAuth_cachedTokenOnAStricterRoute_isJudgedAnew() {
        String token = bearer(claims());
        assertThat(get("/read", "Authorization", token).statusCode()).isEqualTo(200);
        assertThat(get("/both", "Authorization", token).statusCode()).isEqualTo(403);
        assertThat(get("/read", "Authorization", token).statusCode()).isEqualTo(200);
    }

    @Test
    void jwtAuth_keysCannotBeHad_503InTime() {
        Map<String, Object> claims = claims();
        claims.put("iss", "https://down.example.com/");
        long start = System.nanoTime();
        HttpResponse<String> response = get("/down", "Authorization", bearer(claims));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).contains("keys-unavailable");
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        assertThat(challenge(response)).isEqualTo("none");
    }

    @Test
    void apiKeyAuth_known_passesWithoutTheKey() {
        assertThat(get("/key", "X-API-Key", "s3cret").statusCode()).isEqualTo(200);
        assertThat(upstream.headers())
                .contains("x-user-id: shop", "x-user-scope: orders.read")
                .noneMatch(line -> line.contains("s3cret"));
        for (String key : List.of("S3cret", "old", "")) {
            HttpResponse<String> refused = get("/key", "X-API-Key", key);
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(challenge(refused)).isEqualTo("ApiKey");
        }
        assertThat(get("/key").statusCode()).isEqualTo(401);
        assertThat(raw("/key", "X-API-Key: s3cret", "X-API-Key: s3cret")).isEqualTo(401);
    }

    @Test
    void metrics_resultsAreCounted() {
        get("/any");
        MeterRegistry registry = gateway.getBean(MeterRegistry.class);
        assertThat(registry.get("sluice.auth").tag("result", "no_credential").counter().count())
                .isPositive();
    }
}
