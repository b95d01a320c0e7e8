package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslHandler;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.sluice.net.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.server.HttpServer;

/** TLS on both sides of the packaged jar, with keys that change while it runs. */
class TlsIT {

    private static final X509Bundle CA = authority("CN=Fleet CA");
    private static final X509Bundle STRANGERS = authority("CN=Strangers CA");

    @TempDir static Path files;

    private static DisposableServer named;
    private static DisposableServer misnamed;
    private static DisposableServer strange;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws Exception {
        named = instance(CA, "orders.internal");
        misnamed = instance(CA, "elsewhere.internal");
        strange = instance(STRANGERS, "orders.internal");
        write("ca.pem", CA.getCertificatePEM());
        gatewayKeys("first");
        serverKeys("api.example.com", 1);
        gateway = Gateway.launch(configuration(), Map.of());
        Awaitility.await().atMost(Duration.ofSeconds(180)).until(() -> ready() || !gateway.alive());
        assertThat(gateway.alive()).as(gateway.log()).isTrue();
    }

    private static boolean ready() {
        try {
            return gateway.manage("/actuator/health/readiness").statusCode() == 200;
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    @AfterAll
    static void stop() {
        gateway.close();
        List.of(named, misnamed, strange).forEach(DisposableServer::disposeNow);
    }

    private static X509Bundle authority(String name) {
        try {
            return new CertificateBuilder()
                    .subject(name)
                    .ecp256()
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Asks for a client certificate of the fleet's authority and answers with its subject. */
    private static DisposableServer instance(X509Bundle authority, String name) throws Exception {
        X509Bundle keys =
                new CertificateBuilder()
                        .subject("CN=" + name)
                        .ecp256()
                        .addSanDnsName(name)
                        .buildIssuedBy(authority);
        Http11SslContextSpec tls =
                Http11SslContextSpec.forServer(
                                keys.getKeyPair().getPrivate(), keys.getCertificatePath())
                        .configure(
                                builder ->
                                        builder.clientAuth(ClientAuth.REQUIRE)
                                                .trustManager(CA.getCertificate()));
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .secure(spec -> spec.sslContext(tls))
                .handle(
                        (request, response) -> {
                            String[] subject = new String[1];
                            request.withConnection(
                                    connection -> subject[0] = subjectOf(connection.channel()));
                            return response.header("Connection", "close")
                                    .sendString(Mono.just(subject[0]));
                        })
                .bindNow(Duration.ofSeconds(10));
    }

    private static String subjectOf(Channel channel) {
        try {
            SSLSession session = channel.pipeline().get(SslHandler.class).engine().getSession();
            return ((X509Certificate) session.getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        } catch (SSLPeerUnverifiedException e) {
            return "nobody";
        }
    }

    private static void gatewayKeys(String name) throws Exception {
        keys("gateway", new CertificateBuilder().subject("CN=" + name).ecp256().buildIssuedBy(CA));
    }

    private static void serverKeys(String host, int serial) throws Exception {
        keys(
                "server",
                new CertificateBuilder()
                        .subject("CN=" + host)
                        .ecp256()
                        .serial(BigInteger.valueOf(serial))
                        .addSanDnsName(host)
                        .addSanIpAddress("127.0.0.1")
                        .buildIssuedBy(CA));
    }

    /** Key and certificate in one file each, so that a reader sees the old pair or the new one. */
    private static void keys(String name, X509Bundle keys) throws IOException {
        write(name + ".pem", keys.getPrivateKeyPEM() + keys.getCertificatePathPEM());
    }

    private static void write(String name, String text) throws IOException {
        Path next = Files.writeString(files.resolve(name + ".next"), text);
        Files.move(next, files.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String configuration() {
        return """
                spring:
                  ssl.bundle.pem:
                    server:
                      reload-on-update: true
                      keystore: { certificate: "file:%1$s/server.pem", private-key: "file:%1$s/server.pem" }
                      truststore.certificate: "file:%1$s/ca.pem"
                    fleet:
                      reload-on-update: true
                      keystore: { certificate: "file:%1$s/gateway.pem", private-key: "file:%1$s/gateway.pem" }
                      truststore.certificate: "file:%1$s/ca.pem"
                  ssl.bundle.watch.file.quiet-period: 200ms
                  cloud.gateway.server.webflux:
                    routes:
                      - { id: orders, uri: "lb://orders", predicates: [ "Path=/orders" ] }
                      - { id: by-address, uri: "lb://by-address", predicates: [ "Path=/by-address" ] }
                      - { id: misnamed, uri: "lb://misnamed", predicates: [ "Path=/misnamed" ] }
                      - { id: strange, uri: "lb://strange", predicates: [ "Path=/strange" ] }
                      - { id: plain, uri: "lb://plain", predicates: [ "Path=/plain" ] }
                server.ssl: { bundle: server, client-auth: want }
                server.http2.enabled: true
                management.server.ssl.enabled: false
                sluice:
                  upstreams:
                    orders:
                      tls: { bundle: fleet, server-name: orders.internal }
                      health-check: { path: /healthz, interval: 1s }
                      instances: [ { uri: "https://127.0.0.1:%2$d" } ]
                    by-address:
                      tls: { bundle: fleet }
                      instances: [ { uri: "https://127.0.0.1:%2$d" } ]
                    misnamed:
                      tls: { bundle: fleet, server-name: orders.internal }
                      instances: [ { uri: "https://127.0.0.1:%3$d" } ]
                    strange:
                      tls: { bundle: fleet, server-name: orders.internal }
                      instances: [ { uri: "https://127.0.0.1:%4$d" } ]
                    plain:
                      tls: { bundle: fleet, server-name: orders.internal }
                      instances: [ { uri: "https://127.0.0.1:%5$d" } ]
                """
                .formatted(files, named.port(), misnamed.port(), strange.port(), Ports.free());
    }

    private static HttpClient client() {
        try {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, CA.toTrustManagerFactory().getTrustManagers(), null);
            return HttpClient.newBuilder().sslContext(tls).build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpResponse<String> get(HttpClient client, String path) {
        try {
            return client.send(
                    HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + gateway.port() + path))
                            .timeout(Duration.ofSeconds(30))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static HttpResponse<String> get(String path) {
        return get(client(), path);
    }

    @Test
    void lb_overMutualTls_showsTheGatewaysCertificateToTheInstance() {
        HttpResponse<String> answer = get("/orders");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).startsWith("CN=");
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    }

    @Test
    void lb_toACertificateForAnotherName_is502() {
        assertThat(get("/misnamed").statusCode()).isEqualTo(502);
        assertThat(get("/by-address").statusCode()).isEqualTo(502);
    }

    @Test
    void lb_toACertificateOfAnUnknownAuthority_is502() {
        HttpResponse<String> answer = get("/strange");

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.headers().firstValue("Content-Type"))
                .contains("application/problem+json");
        assertThat(answer.body()).doesNotContain("internal", "CN=", "127.0.0.1", "javax");
    }

    @Test
    void health_ofAnInstanceWithTls_isCheckedWithTheSameKeys() {
        Awaitility.await()
                .untilAsserted(
                        () ->
                                assertThat(gateway.manage("/actuator/upstreams/orders").body())
                                        .contains("\"reason\":\"healthy\""));
    }

    @Test
    void upstreamKeys_thatChange_areUsedWithoutAFailedRequest() throws Exception {
        HttpClient client = client();
        for (String name : List.of("second", "third")) {
            gatewayKeys(name);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () -> {
                                HttpResponse<String> answer = get(client, "/orders");
                                assertThat(answer.statusCode()).isEqualTo(200);
                                return answer.body().equals("CN=" + name);
                            });
        }
    }

    @Test
    void upstreamKeys_thatAreBroken_leaveTheFormerInUse() throws Exception {
        gatewayKeys("good");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> get("/orders").body().equals("CN=good"));

        write("gateway.pem", "no key, no certificate");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> gateway.log().lines().anyMatch(TlsIT::tellsOfARefusedReload));

        assertThat(get("/orders").body()).isEqualTo("CN=good");
        gatewayKeys("first");
    }

    private static boolean tellsOfARefusedReload(String line) {
        return line.contains("ERROR") && line.contains("SSL")
                || line.contains("is not taken, the former goes on");
    }

    @Test
    void serverCertificate_thatChanges_isShownToNewConnections() throws Exception {
        for (int serial : new int[] {2, 3}) {
            serverKeys("api.example.com", serial);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () -> {
                                HttpResponse<String> answer = get("/orders");
                                assertThat(answer.statusCode()).isEqualTo(200);
                                X509Certificate shown =
                                        (X509Certificate)
                                                answer.sslSession()
                                                        .orElseThrow()
                                                        .getPeerCertificates()[0];
                                return shown.getSerialNumber().intValue() == serial;
                            });
        }
    }

    @Test
    void certificates_areInMetricsAndNotInReadiness() {
        assertThat(gateway.manage("/actuator/prometheus").body())
                .contains("ssl_chain_expiry_seconds{bundle=\"server\"")
                .contains("ssl_chain_expiry_seconds{bundle=\"fleet\"");
        assertThat(gateway.manage("/actuator/health/readiness").body())
                .doesNotContain("ssl")
                .contains("UP");
    }
}
