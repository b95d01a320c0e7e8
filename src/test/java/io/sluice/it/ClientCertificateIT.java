package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** What clients meet at a traffic port with TLS: certificates by name, and their own asked for. */
@Together
class ClientCertificateIT {

    private static final String TOKEN = "a-management-token";
    private static final X509Bundle CA = Pki.authority("Clients CA");
    private static final X509Bundle SHOP =
            Pki.issue(CA, Pki.subject("Café\\, shop").addSanDnsName("shop.example.com"));
    private static final X509Bundle DESK =
            Pki.issue(CA, Pki.subject("desk").addSanDnsName("desk.example.com"));
    private static final X509Bundle STRANGER =
            Pki.issue(Pki.authority("Strangers CA"), Pki.subject("shop"));

    @TempDir static Path files;

    private static DisposableServer upstream;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        upstream =
                HttpServer.create()
                        .host("127.0.0.1")
                        .port(0)
                        .handle(
                                (request, response) ->
                                        response.sendString(
                                                Mono.just(
                                                        request.requestHeaders()
                                                                .entries()
                                                                .toString())))
                        .bindNow(Duration.ofSeconds(10));
        Pki.write(files, "ca.pem", CA.getCertificatePEM());
        Pki.write(files, "plain.pem", server("plain.example.com"));
        Pki.write(files, "other.pem", server("other.example.com"));
        gateway = Gateway.startWithTls(configuration(), Map.of("SLUICE_MANAGEMENT_TOKEN", TOKEN));
    }

    private static X509Bundle server(String host) {
        return Pki.issue(CA, Pki.subject(host).addSanDnsName(host).addSanIpAddress("127.0.0.1"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        upstream.disposeNow();
    }

    private static String configuration() {
        return """
                spring:
                  ssl.bundle.pem:
                    plain:
                      keystore: { certificate: "file:%1$s/plain.pem", private-key: "file:%1$s/plain.pem" }
                      truststore.certificate: "file:%1$s/ca.pem"
                    other:
                      reload-on-update: true
                      keystore: { certificate: "file:%1$s/other.pem", private-key: "file:%1$s/other.pem" }
                      truststore.certificate: "file:%1$s/ca.pem"
                  ssl.bundle.watch.file.quiet-period: 200ms
                  cloud.gateway.server.webflux.routes:
                    - { id: open, uri: "http://127.0.0.1:%2$d", predicates: [ "Path=/open" ] }
                    - id: any
                      uri: http://127.0.0.1:%2$d
                      predicates: [ "Path=/any" ]
                      filters: [ ClientCertificate ]
                    - id: shop
                      uri: http://127.0.0.1:%2$d
                      predicates: [ "Path=/shop" ]
                      filters: [ "ClientCertificate=shop.example.com" ]
                    - id: optional
                      uri: http://127.0.0.1:%2$d
                      predicates: [ "Path=/optional" ]
                      filters:
                        - { name: ClientCertificate, args: { optional: true } }
                server:
                  http2.enabled: true
                  ssl:
                    bundle: plain
                    client-auth: want
                    server-name-bundles:
                      - { server-name: other.example.com, bundle: other }
                management.server.ssl.enabled: false
                """
                .formatted(files, upstream.port());
    }

    private static HttpResponse<String> get(
            @Nullable X509Bundle own, String path, String... headers) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + gateway.port() + path))
                        .timeout(Duration.ofSeconds(30));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HttpClient.newBuilder()
                    .sslContext(Pki.client(CA, own))
                    .build()
                    .send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void certificate_ofAnyKnownAuthority_goesOnWithTheRequest() throws Exception {
        HttpResponse<String> answer = get(SHOP, "/any", "Client-Cert", ":forged:");

        String der = Base64.getEncoder().encodeToString(SHOP.getCertificate().getEncoded());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.body())
                .contains("Client-Cert=:" + der + ":")
                .contains("X-Client-Cert-Subject=CN=Caf%C3%A9\\,%20shop")
                .doesNotContain("forged");
    }

    @Test
    void certificate_missingWhereOneIsAsked_is401WithAChallenge() throws Exception {
        HttpResponse<String> answer = get(null, "/any", "Client-Cert", ":forged:");

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("ClientCertificate");
        assertThat(answer.body()).contains("\"error\":\"unauthorized\"");
    }

    @Test
    void certificate_ofAnotherName_is403() throws Exception {
        assertThat(get(SHOP, "/shop").statusCode()).isEqualTo(200);
        HttpResponse<String> answer = get(DESK, "/shop");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body())
                .contains("\"error\":\"certificate-not-allowed\"")
                .doesNotContain("desk");
    }

    @Test
    void certificate_optional_mayBeMissingAndIsNeverTheClientsWord() throws Exception {
        for (String path : List.of("/optional", "/open")) {
            HttpResponse<String> answer =
                    get(null, path, "Client-Cert", ":forged:", "X_Client_Cert_Subject", "forged");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).doesNotContain("forged");
        }
    }

    @Test
    void certificate_ofAnUnknownAuthority_failsTheHandshake() {
        assertThatThrownBy(() -> get(STRANGER, "/open")).isInstanceOf(IOException.class);
    }

    @Test
    void serverName_chosenByTheClient_choosesTheCertificate() throws Exception {
        assertThat(subjectFor("plain.example.com")).isEqualTo("CN=plain.example.com");
        assertThat(subjectFor("other.example.com")).isEqualTo("CN=other.example.com");

        Pki.write(
                files,
                "other.pem",
                Pki.issue(CA, Pki.subject("renewed").addSanDnsName("other.example.com")));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> subjectFor("other.example.com").equals("CN=renewed"));
    }

    private static String subjectFor(String serverName) throws IOException {
        try (SSLSocket socket =
                (SSLSocket)
                        Pki.client(CA, null)
                                .getSocketFactory()
                                .createSocket("127.0.0.1", gateway.port())) {
            socket.setSoTimeout(30_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSubjectX500Principal().getName();
        }
    }

    @Test
    void plainHttp_onTheTlsPort_isClosedAndLeavesNothingInTheLog() throws Exception {
        String secret = "token-of-a-client-without-tls";
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            socket.setSoTimeout(30_000);
            String request = "GET /open HTTP/1.1\r\nHost: a\r\nX-API-Key: " + secret + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            RawSocket.readToTheEnd(socket);
        }
        get(null, "/open");

        assertThat(gateway.log())
                .doesNotContain(secret)
                .doesNotContain(hex(secret))
                .doesNotContain("\tat ");
    }

    private static String hex(String text) {
        StringBuilder hex = new StringBuilder();
        text.chars().forEach(c -> hex.append(Integer.toHexString(c)));
        return hex.toString();
    }

    @Test
    void certificates_areInMetricsAndHealthButNotInReadiness() {
        String bearer = "Bearer " + TOKEN;
        assertThat(gateway.manage("/actuator/prometheus", "Authorization", bearer).body())
                .contains("ssl_chain_expiry_seconds{bundle=\"plain\"")
                .contains("ssl_chain_expiry_seconds{bundle=\"other\"");
        assertThat(gateway.manage("/actuator/health/dependencies", "Authorization", bearer).body())
                .contains("\"ssl\"")
                .contains("plain.example.com")
                .contains("validityEnds");
        assertThat(gateway.manage("/actuator/health/readiness", "Authorization", bearer).body())
                .doesNotContain("ssl")
                .contains("UP");
    }
}
