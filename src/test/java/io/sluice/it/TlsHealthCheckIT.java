package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.server.HttpServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Active checks over TLS through the packaged jar: they trust what proxied requests trust. */
class TlsHealthCheckIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir static Path files;

    private static Instance trusted;
    private static Instance stranger;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws Exception {
        X509Bundle authority = authority("CN=Fleet CA");
        trusted = new Instance("trusted", authority);
        stranger = new Instance("stranger", authority("CN=Strangers CA"));
        Path ca = Files.writeString(files.resolve("ca.pem"), authority.getCertificatePEM());
        gateway =
                Gateway.start(
                        """
                        spring.cloud.gateway.server.webflux:
                          httpclient.ssl.trusted-x509-certificates: [ "file:%s" ]
                          routes:
                            - { id: secure, uri: "lb://secure", predicates: [ "Path=/secure/**" ] }
                        sluice.upstreams.secure:
                          algorithm: round-robin
                          panic-threshold: 0
                          outlier-detection: { enabled: false }
                          health-check: { path: /healthz, interval: 2s, timeout: 2s, unhealthy-threshold: 2, healthy-threshold: 1 }
                          instances: [ { uri: "%s" }, { uri: "%s" } ]
                        """
                                .formatted(ca, trusted.uri(), stranger.uri()));
        awaitHealth(stranger, "down");
        awaitHealth(trusted, "up");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        trusted.server.disposeNow();
        stranger.server.disposeNow();
    }

    private static X509Bundle authority(String name) throws Exception {
        return new CertificateBuilder()
                .subject(name)
                .ecp256()
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static void awaitHealth(Instance wanted, String health) {
        Awaitility.await().atMost(LIMIT).until(() -> health(wanted).equals(health));
    }

    private static String health(Instance wanted) {
        for (JsonNode instance :
                JSON.readTree(gateway.manage("/actuator/upstreams/secure").body())
                        .get("instances")) {
            if (instance.get("uri").asString().equals(wanted.uri())) {
                return instance.get("health").asString();
            }
        }
        throw new AssertionError("no instance " + wanted.uri());
    }

    @Test
    void httpsProbe_anInstanceOfAnotherAuthority_isDownAndGetsNothing() {
        Awaitility.await().atMost(LIMIT).until(() -> trusted.probes.get() >= 2);

        for (int i = 0; i < 20; i++) {
            assertThat(gateway.get("/secure/x").body()).isEqualTo("trusted");
        }
        assertThat(stranger.probes.get()).as("a request came through all the same").isZero();
    }

    @Test
    void httpsProbe_failingStatus_takesTheInstanceOutUntilItIsWell() {
        trusted.status = 503;
        awaitHealth(trusted, "down");
        assertThat(gateway.get("/secure/x").statusCode()).isEqualTo(503);

        trusted.status = 200;
        awaitHealth(trusted, "up");
        assertThat(gateway.get("/secure/x").body()).isEqualTo("trusted");
    }

    /** An HTTPS server on 127.0.0.1 whose certificate names that address. */
    private static final class Instance {

        private final AtomicInteger probes = new AtomicInteger();
        private final DisposableServer server;
        private volatile int status = 200;

        Instance(String name, X509Bundle authority) throws Exception {
            X509Bundle keys =
                    new CertificateBuilder()
                            .subject("CN=" + name)
                            .ecp256()
                            .addSanIpAddress(InetAddress.getLoopbackAddress().getHostAddress())
                            .buildIssuedBy(authority);
            Http11SslContextSpec tls =
                    Http11SslContextSpec.forServer(
                            keys.getKeyPair().getPrivate(), keys.getCertificatePath());
            server =
                    HttpServer.create()
                            .host("127.0.0.1")
                            .port(0)
                            .secure(spec -> spec.sslContext(tls))
                            .route(
                                    routes ->
                                            routes.get(
                                                            "/healthz",
                                                            (request, response) -> {
                                                                probes.incrementAndGet();
                                                                return response.status(status)
                                                                        .send();
                                                            })
                                                    .get(
                                                            "/secure/x",
                                                            (request, response) ->
                                                                    response.sendString(
                                                                            Mono.just(name))))
                            .bindNow(Duration.ofSeconds(10));
        }

        String uri() {
            return "https://127.0.0.1:" + server.port();
        }
    }
}
