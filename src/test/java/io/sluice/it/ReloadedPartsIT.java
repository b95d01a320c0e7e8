package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.sluice.auth.TokenMint;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.netty.DisposableServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each part of the configuration that a reload covers, changed by itself. */
class ReloadedPartsIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TokenMint ADA = TokenMint.rsa("RS256", "one");
    private static final TokenMint EVE = TokenMint.rsa("RS256", "one");
    private static final X509Bundle CA = Pki.authority("Fleet CA");
    private static final X509Bundle STRANGERS = Pki.authority("Strangers CA");

    /** What the test changes, by the word that stands for it below. */
    private static final Map<String, String> BEFORE =
            Map.of(
                    "KEY", "ada",
                    "METHODS", "GET, POST",
                    "PROXIES", "[ 10.0.0.0/8 ]",
                    "BODY", "1MB",
                    "LEVEL", "WARN",
                    "TRUST", "strangers",
                    "SOURCE", "instances: [ { uri: \"UPSTREAM\" } ]");

    private static final String CONFIG =
            """
            spring:
              ssl.bundle.pem.fleet:
                keystore: { certificate: "file:FILES/gateway.pem", private-key: "file:FILES/gateway.pem" }
                truststore.certificate: "file:FILES/TRUST.pem"
              cloud:
                discovery.client.simple.instances.moved: [ { uri: "UPSTREAM" } ]
                gateway.server.webflux.routes:
                  - { id: closed, uri: "UPSTREAM", predicates: [ "Path=/closed" ], filters: [ JwtAuth ] }
                  - { id: tls, uri: "lb://tls", predicates: [ "Path=/tls" ] }
                  - { id: moved, uri: "lb://moved", predicates: [ "Path=/moved" ] }
                  - { id: open, uri: "UPSTREAM", predicates: [ "Path=/open" ] }
            sluice:
              auth.issuers:
                - { issuer: "https://id.test/", public-key-location: "file:FILES/KEY.pub", algorithms: [ RS256 ] }
              edge:
                allowed-methods: [ METHODS ]
                max-body-size: BODY
              trusted-proxies: PROXIES
              upstreams:
                tls:
                  tls: { bundle: fleet, server-name: orders.internal }
                  instances: [ { uri: "https://127.0.0.1:TLSPORT" } ]
                moved:
                  SOURCE
            logging.level.io.sluice.nobody: LEVEL
            """;

    @TempDir static Path files;

    private static RecordingUpstream upstream;
    private static DisposableServer instance;
    private static MountedConfig config;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws Exception {
        upstream = new RecordingUpstream();
        instance =
                TlsInstance.start(
                        CA, CA, Pki.subject("orders.internal").addSanDnsName("orders.internal"));
        Pki.write(files, "fleet.pem", CA.getCertificatePEM());
        Pki.write(files, "strangers.pem", STRANGERS.getCertificatePEM());
        Pki.write(files, "gateway.pem", Pki.issue(CA, Pki.subject("gateway")));
        Pki.write(files, "ada.pub", ADA.pem());
        Pki.write(files, "eve.pub", EVE.pem());
        config = MountedConfig.of(with("KEY", "ada"));
        gateway =
                Gateway.launch(
                        "",
                        Map.of(),
                        config.argument(),
                        "--management.endpoints.web.exposure.include=health,routes,loggers,upstreams",
                        "--sluice.reload.quiet-period=10ms");
        gateway.awaitReady();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        instance.disposeNow();
        upstream.close();
    }

    /** The configuration with one thing that is not as at start. */
    private static String with(String word, String value) {
        String text = CONFIG;
        for (Map.Entry<String, String> one : BEFORE.entrySet()) {
            text = text.replace(one.getKey(), one.getKey().equals(word) ? value : one.getValue());
        }
        return text.replace("FILES", files.toString())
                .replace("TLSPORT", Integer.toString(instance.port()))
                .replace("UPSTREAM", upstream.uri());
    }

    private static void change(String word, String value) {
        int version = version();
        config.swap(with(word, value));
        Awaitility.await().atMost(LIMIT).until(() -> version() > version);
        assertThat(configuration().path("restartNeeded").values()).isEmpty();
    }

    private static int version() {
        return configuration().path("version").asInt();
    }

    private static JsonNode configuration() {
        return JSON.readTree(gateway.manage("/actuator/routes").body()).path("configuration");
    }

    private static HttpResponse<String> closed(TokenMint mint) {
        return gateway.get("/closed", "Authorization", "Bearer " + token(mint));
    }

    private static String token(TokenMint mint) {
        long now = Instant.now().getEpochSecond();
        return mint.token(Map.of("iss", "https://id.test/", "sub", "ada", "exp", now + 300));
    }

    @Test
    void issuer_withAnotherKey_believesThatKeyAloneAndForgetsVerifiedTokens() {
        String remembered = "Bearer " + token(ADA);
        assertThat(gateway.get("/closed", "Authorization", remembered).statusCode()).isEqualTo(200);
        assertThat(closed(EVE).statusCode()).isEqualTo(401);

        change("KEY", "eve");

        assertThat(gateway.get("/closed", "Authorization", remembered).statusCode()).isEqualTo(401);
        assertThat(closed(EVE).statusCode()).isEqualTo(200);
    }

    @Test
    void allowedMethods_changed_holdForTheNextRequest() {
        assertThat(send("DELETE", "").statusCode()).isEqualTo(405);
        change("METHODS", "GET, POST, DELETE");
        assertThat(send("DELETE", "").statusCode()).isEqualTo(200);
    }

    @Test
    void maxBodySize_changed_holdsForTheNextRequest() {
        String body = "x".repeat(2000);
        assertThat(send("POST", body).statusCode()).isEqualTo(200);
        change("BODY", "1KB");
        assertThat(send("POST", body).statusCode()).isEqualTo(413);
    }

    private static HttpResponse<String> send(String method, String body) {
        return gateway.send(
                HttpRequest.newBuilder(gateway.uri("/open"))
                        .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void trustedProxies_changed_decideWhoseWordCounts() {
        assertThat(forwardedFor()).isEqualTo("127.0.0.1");
        change("PROXIES", "[ 127.0.0.0/8 ]");
        assertThat(forwardedFor()).startsWith("203.0.113.7");
    }

    private static String forwardedFor() {
        gateway.get("/open", "X-Forwarded-For", "203.0.113.7");
        List<RecordingUpstream.Received> all = upstream.received();
        return String.join(",", all.get(all.size() - 1).values("X-Forwarded-For"));
    }

    @Test
    void logLevel_changed_isSet() {
        assertThat(level()).isEqualTo("WARN");
        change("LEVEL", "TRACE");
        assertThat(level()).isEqualTo("TRACE");
    }

    private static String level() {
        return JSON.readTree(gateway.manage("/actuator/loggers/io.sluice.nobody").body())
                .path("effectiveLevel")
                .asString();
    }

    @Test
    void sslBundle_withAnotherTrustStore_isUsedByTheUpstreamThatNamesIt() {
        assertThat(gateway.get("/tls").statusCode()).isEqualTo(502);
        change("TRUST", "fleet");
        assertThat(gateway.get("/tls").body()).isEqualTo("CN=gateway");
    }

    @Test
    void source_changedToDiscovery_findsTheInstanceThere() {
        assertThat(source()).isEqualTo("static");
        change("SOURCE", "algorithm: round-robin");
        assertThat(source()).isNotEqualTo("static");
        assertThat(gateway.get("/moved").statusCode()).isEqualTo(200);
    }

    private static String source() {
        return JSON.readTree(gateway.manage("/actuator/upstreams/moved").body())
                .path("source")
                .path("kind")
                .asString();
    }
}
