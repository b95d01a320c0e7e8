package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.sluice.ratelimit.redis.RedisProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A secret in every place that can hold one, then everything read that the gateway says: none of
 * them is in it. Every endpoint is exposed, as a careless operator might.
 */
@Together
class CanarySecretIT {

    private static final String REDIS_PASSWORD = "canary-redis-password";
    private static final String STORE_PASSWORD = "canary-store-password";
    private static final String HS256_SECRET = "canary-shared-secret-of-thirty-two-bytes";
    private static final String CLIENT_SECRET = "canary-introspection-secret";
    private static final String MANAGEMENT_TOKEN = "canary-management-token";
    private static final String ENVIRONMENT = "canary-environment-variable";
    private static final String ROUTE_HEADER = "canary-header-for-the-upstream";
    private static final String API_KEY_HASH =
            "cafe0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab";
    private static final String REQUEST_KEY = "canary-key-in-a-request";
    private static final String REQUEST_TOKEN =
            "eyJjYW5hcnkiOiJ0b2tlbiJ9.canary-token.in-a-request";
    private static final String REQUEST_COOKIE = "canary-cookie-in-a-request";
    private static final String REQUEST_QUERY = "canary-query-of-a-request";

    private static final List<String> SECRETS =
            List.of(
                    REDIS_PASSWORD,
                    STORE_PASSWORD,
                    HS256_SECRET,
                    CLIENT_SECRET,
                    MANAGEMENT_TOKEN,
                    ENVIRONMENT,
                    ROUTE_HEADER,
                    API_KEY_HASH,
                    REQUEST_KEY,
                    REQUEST_TOKEN,
                    "canary-token",
                    REQUEST_COOKIE,
                    REQUEST_QUERY);

    /** What Spring Boot and Spring Cloud know, beside what is linked. */
    private static final List<String> KNOWN =
            List.of(
                    "env",
                    "env/spring.data.redis.password",
                    "configprops",
                    "beans",
                    "heapdump",
                    "threaddump",
                    "logfile",
                    "mappings",
                    "conditions",
                    "scheduledtasks",
                    "sessions",
                    "startup",
                    "shutdown",
                    "refresh",
                    "busenv",
                    "jolokia",
                    "httpexchanges",
                    "features",
                    "gateway",
                    "gateway/routes",
                    "gateway/routedefinitions",
                    "gateway/globalfilters",
                    "info",
                    "loggers",
                    "caches",
                    "metrics",
                    "prometheus",
                    "sbom",
                    "health",
                    "health/dependencies",
                    "health/readiness",
                    "upstreams",
                    "upstreams/away",
                    "ratelimits/per-key/ip:127.0.0.1",
                    "drain",
                    "routes");

    private static final Pattern LINK = Pattern.compile("\"href\":\"https?://[^/]+([^\"{]+)\"");
    private static final Pattern METER = Pattern.compile("\"([a-z0-9._]+)\"");

    @TempDir static Path files;

    private static RedisProcess redis;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws Exception {
        redis = RedisProcess.start();
        try (Socket admin = new Socket("127.0.0.1", redis.port())) {
            admin.getOutputStream()
                    .write(("CONFIG SET requirepass " + REDIS_PASSWORD + "\r\n").getBytes());
            assertThat(admin.getInputStream().read()).isEqualTo('+');
        }
        X509Bundle authority = Pki.authority("CA");
        KeyStore store =
                Pki.issue(authority, Pki.subject("gateway"))
                        .toKeyStore("PKCS12", STORE_PASSWORD.toCharArray());
        try (OutputStream out = Files.newOutputStream(files.resolve("store.p12"))) {
            store.store(out, STORE_PASSWORD.toCharArray());
        }
        Pki.write(files, "ca.pem", authority.getCertificatePEM());
        gateway =
                Gateway.launch(
                                configuration(),
                                Map.of(
                                        "SLUICE_MANAGEMENT_TOKEN",
                                        MANAGEMENT_TOKEN,
                                        "BACKEND_PASSWORD",
                                        ENVIRONMENT))
                        .awaitReady();
    }

    @AfterAll
    static void stop() {
        if (gateway != null) {
            gateway.close();
        }
        redis.close();
    }

    private static String configuration() {
        return """
                management.endpoints.web.exposure.include: "*"
                spring:
                  data.redis.url: redis://:%1$s@127.0.0.1:%2$d
                  ssl.bundle:
                    jks.fleet.keystore: { location: "file:%3$s/store.p12", password: %4$s, type: PKCS12 }
                    pem.clients.truststore.certificate: "file:%3$s/ca.pem"
                  cloud.gateway.server.webflux.routes:
                    - id: token
                      uri: lb://away
                      predicates: [ "Path=/token" ]
                      filters: [ JwtAuth, "AddRequestHeader=X-Backend-Key, %5$s" ]
                    - id: key
                      uri: lb://away
                      predicates: [ "Path=/key" ]
                      filters: [ ApiKeyAuth ]
                    - id: away
                      uri: lb://away
                      predicates: [ "Path=/away" ]
                      filters: [ "RateLimit=per-key", "AddRequestHeader=X-Backend-Key, %5$s" ]
                sluice:
                  auth:
                    issuers: [ { issuer: me, secret: %6$s } ]
                    introspection: { uri: "http://127.0.0.1:9/introspect", client-id: gateway, client-secret: %7$s }
                    api-keys: [ { id: shop, sha256: %8$s } ]
                  rate-limits:
                    per-key: { key: [ ip, "header:X-API-Key" ], capacity: 100, refill-tokens: 1, refill-period: 1s }
                  upstreams.away:
                    tls: { bundle: fleet }
                    instances: [ { uri: "https://127.0.0.1:9" } ]
                """
                .formatted(
                        REDIS_PASSWORD,
                        redis.port(),
                        files,
                        STORE_PASSWORD,
                        ROUTE_HEADER,
                        HS256_SECRET,
                        CLIENT_SECRET,
                        API_KEY_HASH);
    }

    private static void assertNoSecret(String where, String text) {
        for (String secret : SECRETS) {
            assertThat(text.contains(secret)).as("%s tells %s", where, secret).isFalse();
        }
    }

    private static String headAndBody(HttpResponse<String> answer) {
        return answer.headers().map() + "\n" + answer.body();
    }

    @Test
    void secrets_whereverTheyStand_areToldNowhere() throws IOException {
        provokeErrors();
        for (String path : paths()) {
            HttpResponse<String> stranger = gateway.manage(path);
            assertNoSecret(path, headAndBody(stranger));
            assertThat(stranger.statusCode())
                    .as(path)
                    .matches(status -> path.contains("/health") || status == 401);
            if (!path.contains("stream")) { // these go on without end
                assertNoSecret(path, headAndBody(manage(path)));
            }
        }
        assertNoSecret("the log", gateway.log());
    }

    private static HttpResponse<String> manage(String path) {
        return gateway.manage(path, "Authorization", "Bearer " + MANAGEMENT_TOKEN);
    }

    /** Requests with secrets of their own, each refused or failing in another place. */
    private static void provokeErrors() throws IOException {
        String query = "?access_token=" + REQUEST_QUERY;
        List<Integer> statuses = new ArrayList<>();
        for (String path : List.of("/token", "/key", "/away", "/nowhere", "/a/%2e%2e/b")) {
            for (String target : List.of(path, path + query)) {
                HttpResponse<String> answer =
                        gateway.get(
                                target,
                                "Authorization",
                                "Bearer " + REQUEST_TOKEN,
                                "X-API-Key",
                                REQUEST_KEY,
                                "Cookie",
                                "session=" + REQUEST_COOKIE);
                statuses.add(answer.statusCode());
                assertNoSecret(target, headAndBody(answer));
            }
        }
        assertThat(statuses).contains(400, 401, 404, 502);
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nX-API-Key " + REQUEST_KEY + "\r\n\r\n").getBytes());
            byte[] answer = socket.getInputStream().readAllBytes();
            assertNoSecret("a broken head", new String(answer, StandardCharsets.ISO_8859_1));
        }
    }

    /** All that is linked, all that is known, and every meter. */
    private static Set<String> paths() {
        Set<String> paths = new TreeSet<>();
        paths.add("/actuator");
        KNOWN.forEach(one -> paths.add("/actuator/" + one));
        Matcher link = LINK.matcher(manage("/actuator").body());
        while (link.find()) {
            paths.add(link.group(1));
        }
        assertThat(paths).contains("/actuator/configprops", "/actuator/env", "/actuator/metrics");
        Matcher meter = METER.matcher(manage("/actuator/metrics").body());
        while (meter.find()) {
            paths.add("/actuator/metrics/" + meter.group(1));
        }
        assertThat(paths).hasSizeGreaterThan(60);
        return paths;
    }

    @Test
    void management_isReadOnly_andTellsNoRouteInClear() {
        for (String path :
                List.of(
                        "gateway/routes/x",
                        "gateway/refresh",
                        "loggers/ROOT",
                        "env",
                        "shutdown",
                        "refresh",
                        "upstreams",
                        "heapdump")) {
            for (String method : List.of("POST", "DELETE", "PUT")) {
                HttpRequest.Builder request =
                        HttpRequest.newBuilder(gateway.managementUri("/actuator/" + path))
                                .method(method, HttpRequest.BodyPublishers.ofString("{}"));
                HttpResponse<String> answer =
                        gateway.send(
                                request,
                                "Authorization",
                                "Bearer " + MANAGEMENT_TOKEN,
                                "Content-Type",
                                "application/json");
                assertThat(answer.statusCode()).as(method + " " + path).isIn(404, 405);
            }
        }
        for (String path : List.of("gateway/routes", "gateway", "heapdump", "shutdown")) {
            assertThat(manage("/actuator/" + path).statusCode()).as(path).isEqualTo(404);
        }
        assertThat(gateway.alive()).isTrue();
    }

    @Test
    void management_onTheTrafficPort_isNotThere() {
        for (String path : List.of("/actuator", "/actuator/health", "/actuator/env")) {
            assertThat(gateway.get(path).statusCode()).as(path).isEqualTo(404);
        }
    }
}
