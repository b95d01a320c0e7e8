package io.sluice.ratelimit.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.sluice.it.Together;
import io.sluice.it.Tools;
import io.sluice.net.Ports;
import io.sluice.ratelimit.redis.RedisProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A Redis that speaks TLS and asks who is there, and what becomes of limits where it refuses. */
@Together
@ExtendWith(OutputCaptureExtension.class)
class RateLimitSecuredRedisIT {

    private static final int TLS = Ports.free();

    @TempDir static Path files;

    private static RedisProcess redis;

    @BeforeAll
    static void start() throws Exception {
        Tools.need("redis-server");
        X509Bundle authority =
                new CertificateBuilder()
                        .subject("CN=Redis CA")
                        .ecp256()
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
        X509Bundle keys =
                new CertificateBuilder()
                        .subject("CN=redis")
                        .ecp256()
                        .addSanIpAddress("127.0.0.1")
                        .buildIssuedBy(authority);
        String ca = write("ca.pem", authority.getCertificatePEM());
        redis =
                RedisProcess.start(
                        "--tls-port",
                        "" + TLS,
                        "--tls-cert-file",
                        write("redis.pem", keys.getCertificatePathPEM()),
                        "--tls-key-file",
                        write("redis.key", keys.getPrivateKeyPEM()),
                        "--tls-ca-cert-file",
                        ca,
                        "--tls-auth-clients",
                        "no",
                        "--user",
                        "limiter",
                        "on",
                        ">sesame7",
                        "~ratelimit:*",
                        "+@all");
    }

    private static String write(String name, String text) throws Exception {
        return Files.writeString(files.resolve(name), text).toString();
    }

    @AfterAll
    static void stop() {
        if (redis != null) {
            redis.close();
        }
    }

    private static Routes routes(String url) {
        return new Routes()
                .add("local", "RateLimit=local")
                .add("closed", "RateLimit=closed")
                .limit("local", "ip", 100)
                .limit("closed", "ip", 1000)
                .set("sluice.rate-limits.closed.on-store-failure=closed")
                .set("sluice.rate-limit-store.timeout=2s")
                .set("spring.data.redis.url=" + url);
    }

    private static Routes trusting(Routes routes) {
        return routes.set("spring.data.redis.ssl.bundle=redis")
                .set(
                        "spring.ssl.bundle.pem.redis.truststore.certificate=file:"
                                + files
                                + "/ca.pem");
    }

    private static void decides(Routes routes) {
        try (LimitedGateway gateway = LimitedGateway.start(routes.properties())) {
            RedisProcess.await(() -> gateway.get("/closed").statusCode() == 200);
            assertThat(gateway.bean(RateLimitsEndpoint.class).limits().store()).isEqualTo("redis");
        }
    }

    private static void isRefused(Routes routes, CapturedOutput output, String reason) {
        try (LimitedGateway gateway = LimitedGateway.start(routes.properties())) {
            RedisProcess.await(
                    () ->
                            output.getAll()
                                    .lines()
                                    .anyMatch(
                                            line ->
                                                    line.contains("WARN")
                                                            && line.contains(
                                                                    "Redis cannot be reached")
                                                            && line.contains(reason)));
            assertThat(gateway.get("/local").statusCode()).isEqualTo(200);
            assertThat(gateway.get("/closed").statusCode()).isEqualTo(503);
            assertThat(output.getAll()).doesNotContain("sesame7").doesNotContain("mistaken0");
        }
    }

    @Test
    void tls_trustedAndTheUserKnown_decides() {
        decides(trusting(routes("rediss://limiter:sesame7@127.0.0.1:" + TLS)));
    }

    @Test
    void tls_notTrusted_saysSoAndFallsBack(CapturedOutput output) {
        isRefused(
                routes("rediss://limiter:sesame7@127.0.0.1:" + TLS), output, "certification path");
    }

    @Test
    void user_wrongPassword_saysSoAndFallsBack(CapturedOutput output) {
        isRefused(
                trusting(routes("rediss://limiter:mistaken0@127.0.0.1:" + TLS)),
                output,
                "WRONGPASS");
    }

    @Test
    void password_ofTheDefaultUser_isGiven(CapturedOutput output) {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + redis.port());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().configSet("requirepass", "sesame7");
            decides(routes("redis://:sesame7@127.0.0.1:" + redis.port()));
            isRefused(routes("redis://127.0.0.1:" + redis.port()), output, "NOAUTH");
            connection.sync().configSet("requirepass", "");
        } finally {
            client.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }
}
