package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.netty.DisposableServer;

/** TLS on both sides of the packaged jar, with keys that change while it runs. */
@Together
class TlsIT {

    private static final X509Bundle CA = Pki.authority("Fleet CA");
    private static final X509Bundle STRANGERS = Pki.authority("Strangers CA");

    @TempDir static Path files;

    private static DisposableServer named;
    private static DisposableServer misnamed;
    private static DisposableServer strange;
    private static DisposableServer expired;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws Exception {
        named = TlsInstance.start(CA, CA, named("orders.internal"));
        misnamed = TlsInstance.start(CA, CA, named("elsewhere.internal"));
        strange = TlsInstance.start(CA, STRANGERS, named("orders.internal"));
        Instant past = Instant.now().minus(Duration.ofDays(2));
        expired =
                TlsInstance.start(
                        CA,
                        CA,
                        named("orders.internal")
                                .notBefore(past)
                                .notAfter(past.plus(Duration.ofDays(1))));
        Pki.write(files, "ca.pem", CA.getCertificatePEM());
        gatewayKeys("first");
        serverKeys("api.example.com", 1);
        gateway = Gateway.startWithTls(configuration(), Map.of());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        List.of(named, misnamed, strange, expired).forEach(DisposableServer::disposeNow);
    }

    private static CertificateBuilder named(String host) {
        return Pki.subject(host).addSanDnsName(host);
    }

    private static void gatewayKeys(String name) {
        Pki.write(files, "gateway.pem", Pki.issue(CA, Pki.subject(name)));
    }

    private static void serverKeys(String host, int serial) {
        CertificateBuilder certificate =
                named(host).serial(BigInteger.valueOf(serial)).addSanIpAddress("127.0.0.1");
        Pki.write(files, "server.pem", Pki.issue(CA, certificate));
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
                      - { id: expired, uri: "lb://expired", predicates: [ "Path=/expired" ] }
                      - { id: shared, uri: "https://localhost:%2$d", predicates: [ "Path=/shared" ] }
                    httpclient.ssl.ssl-bundle: fleet
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
                    expired:
                      tls: { bundle: fleet, server-name: orders.internal }
                      instances: [ { uri: "https://127.0.0.1:%5$d" } ]
                """
                .formatted(files, named.port(), misnamed.port(), strange.port(), expired.port());
    }

    private static HttpClient client() {
        return HttpClient.newBuilder().sslContext(Pki.client(CA, null)).build();
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
        assertThat(get("/shared").statusCode()).isEqualTo(502);
    }

    @Test
    void lb_toAnExpiredCertificate_is502() {
        assertThat(get("/expired").statusCode()).isEqualTo(502);
    }

    @Test
    void webSocket_overMutualTls_usesTheUpstreamsKeys() throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        WebSocket socket =
                client().newWebSocketBuilder()
                        .buildAsync(
                                URI.create("wss://127.0.0.1:" + gateway.port() + "/orders"),
                                new WebSocket.Listener() {
                                    @Override
                                    public CompletionStage<?> onText(
                                            WebSocket from, CharSequence text, boolean last) {
                                        heard.complete(text.toString());
                                        return WebSocket.Listener.super.onText(from, text, last);
                                    }
                                })
                        .get(30, TimeUnit.SECONDS);

        assertThat(heard.get(30, TimeUnit.SECONDS)).isEqualTo("over TLS");
        socket.abort();
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

        Pki.write(files, "gateway.pem", "no key, no certificate");
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
    void serverCertificate_thatChanges_isShownToNewConnectionsWhileOpenOnesGoOn() throws Exception {
        HttpClient open = client();
        int first = serialShown(open);
        for (int serial : new int[] {2, 3}) {
            serverKeys("api.example.com", serial);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () -> {
                                assertThat(serialShown(open)).isEqualTo(first);
                                return serialShown(client()) == serial;
                            });
        }
    }

    /** The serial number of the certificate on whose connection a request was answered. */
    private static int serialShown(HttpClient client) throws SSLPeerUnverifiedException {
        HttpResponse<String> answer = get(client, "/orders");
        assertThat(answer.statusCode()).isEqualTo(200);
        X509Certificate shown =
                (X509Certificate) answer.sslSession().orElseThrow().getPeerCertificates()[0];
        return shown.getSerialNumber().intValue();
    }
}
