package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A traffic port with TLS that needs client certificates, against handshakes that are never
 * finished, too large or never enough, and hosts of another certificate (rows D5 and I12).
 */
@Together
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class TlsEdgeIT {

    private static final X509Bundle CA = Pki.authority("Edge CA");
    private static final X509Bundle CLIENT = Pki.issue(CA, Pki.subject("client"));
    private static final int HALF_OPEN = 300;

    @TempDir static Path files;

    private static RecordingUpstream upstream;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        upstream = new RecordingUpstream();
        Pki.write(files, "ca.pem", CA.getCertificatePEM());
        serverKeys("plain", 1);
        serverKeys("other", 2);
        gateway = Gateway.startWithTls(configuration(), Map.of());
    }

    private static void serverKeys(String name, int serial) {
        String host = name + ".example.com";
        Pki.write(
                files,
                name + ".pem",
                Pki.issue(
                        CA,
                        Pki.subject(host)
                                .serial(BigInteger.valueOf(serial))
                                .addSanDnsName(host)
                                .addSanIpAddress("127.0.0.1")));
    }

    @AfterAll
    static void stop() {
        try {
            assertThat(gateway.log()).doesNotContain("LEAK:");
        } finally {
            gateway.close();
            upstream.close();
        }
    }

    private static String configuration() {
        return """
                spring:
                  ssl.bundle.pem:
                    plain:
                      reload-on-update: true
                      keystore: { certificate: "file:%1$s/plain.pem", private-key: "file:%1$s/plain.pem" }
                      truststore.certificate: "file:%1$s/ca.pem"
                    other:
                      keystore: { certificate: "file:%1$s/other.pem", private-key: "file:%1$s/other.pem" }
                      truststore.certificate: "file:%1$s/ca.pem"
                  ssl.bundle.watch.file.quiet-period: 200ms
                  cloud.gateway.server.webflux.routes:
                    - { id: all, uri: "%2$s", predicates: [ "Path=/**" ] }
                server:
                  http2.enabled: true
                  ssl:
                    bundle: plain
                    client-auth: need
                    server-name-bundles:
                      - { server-name: other.example.com, bundle: other }
                management:
                  server.ssl.enabled: false
                  # The group "dependencies" names it all the same.
                  health.ssl.enabled: false
                sluice.edge.timeouts: { first-byte: 2s, head: 2s }
                """
                .formatted(files, upstream.uri());
    }

    @AfterEach
    void goodClient_isServed() throws IOException {
        assertThat(get(CLIENT).statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> get(@Nullable X509Bundle own) throws IOException {
        try {
            return HttpClient.newBuilder()
                    .sslContext(Pki.client(CA, own))
                    .build()
                    .send(
                            HttpRequest.newBuilder(
                                            URI.create("https://127.0.0.1:" + gateway.port() + "/"))
                                    .timeout(Duration.ofSeconds(30))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static SSLSocket connect(String serverName, String protocol, String application)
            throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        Pki.client(CA, CLIENT)
                                .getSocketFactory()
                                .createSocket("127.0.0.1", gateway.port());
        socket.setSoTimeout(30_000);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        parameters.setApplicationProtocols(new String[] {application});
        parameters.setProtocols(new String[] {protocol});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    @Test
    void certificate_neededAndMissing_endsTheConnection() {
        assertThatThrownBy(() -> get(null)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "plain.example.com, plain.example.com, 200",
        "plain.example.com, unheard-of.example.com:8443, 200",
        "plain.example.com, other.example.com, 421",
        "plain.example.com, OTHER.example.com:443, 421",
        "other.example.com, other.example.com:8443, 200",
        "other.example.com, plain.example.com, 421",
        "other.example.com, 127.0.0.1, 421"
    })
    void host_isOneOfTheCertificateThatWasShown(String serverName, String host, int status)
            throws IOException {
        upstream.forget();
        try (SSLSocket socket = connect(serverName, "TLSv1.3", "http/1.1")) {
            RawSocket.write(socket, "GET /d5 HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            assertThat(RawSocket.read(socket).status()).isEqualTo(status);
        }
        assertThat(upstream.received()).hasSize(status == 200 ? 1 : 0);
    }

    /** In HTTP/2 the host is {@code :authority}, here {@code sluice.test}. */
    @ParameterizedTest
    @CsvSource({"plain.example.com, 200", "other.example.com, 421"})
    void authority_isOneOfTheCertificateThatWasShown(String serverName, int status)
            throws IOException {
        try (Http2Socket socket = new Http2Socket(connect(serverName, "TLSv1.3", "h2"))) {
            assertThat(socket.status(socket.get("/d5"))).isEqualTo(status);
        }
    }

    /** Half of them send a part of their first message, half send it whole and then nothing. */
    @Test
    void handshakes_neverFinished_endInTimeAndHarmNobody() throws IOException {
        byte[] hello = clientHello();
        List<Socket> halfOpen = new ArrayList<>();
        try {
            for (int i = 0; i < HALF_OPEN; i++) {
                Socket socket = RawSocket.connect(gateway.port());
                int length = i % 2 == 0 ? hello.length : hello.length / 2;
                socket.getOutputStream().write(hello, 0, length);
                halfOpen.add(socket);
            }
            assertThat(get(CLIENT).statusCode()).isEqualTo(200);
            for (Socket socket : halfOpen) {
                RawSocket.readToTheEnd(socket);
            }
        } finally {
            for (Socket socket : halfOpen) {
                socket.close();
            }
        }
        assertThat(gateway.log()).doesNotContain("\tat io.netty");
    }

    private static byte[] clientHello() throws IOException {
        SSLEngine engine = Pki.client(CA, CLIENT).createSSLEngine("plain.example.com", 443);
        engine.setUseClientMode(true);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** A first message of sixteen megabytes, of which two are sent. */
    @Test
    void clientHello_huge_isCut() throws IOException {
        byte[] record = new byte[5 + 16_384];
        System.arraycopy(new byte[] {22, 3, 1, 64, 0}, 0, record, 0, 5);
        try (Socket socket = RawSocket.connect(gateway.port())) {
            byte[] first = record.clone();
            System.arraycopy(new byte[] {1, -1, -1, -1}, 0, first, 5, 4);
            try {
                socket.getOutputStream().write(first);
                for (int i = 0; i < 128; i++) {
                    socket.getOutputStream().write(record);
                }
            } catch (SocketException ended) {
                // In the midst of it, as it may.
            }
            RawSocket.readToTheEnd(socket);
        }
    }

    @Test
    void renegotiation_byTheClient_isRefused() throws IOException {
        try (SSLSocket socket = connect("plain.example.com", "TLSv1.2", "http/1.1")) {
            RawSocket.write(socket, "GET /first HTTP/1.1\r\nHost: plain.example.com\r\n\r\n");
            assertThat(RawSocket.read(socket).status()).isEqualTo(200);
            assertThatThrownBy(
                            () -> {
                                socket.startHandshake();
                                RawSocket.write(
                                        socket,
                                        "GET /second HTTP/1.1\r\nHost: plain.example.com\r\n\r\n");
                                throw new SocketException(
                                        RawSocket.read(socket).status() == 200
                                                ? "negotiated anew"
                                                : "ended");
                            })
                    .isInstanceOf(IOException.class)
                    .hasMessageNotContaining("negotiated anew");
        }
        assertThat(upstream.received()).noneMatch(r -> r.line().contains("/second"));
    }

    @Test
    void serverCertificate_thatIsBroken_leavesTheFormerInUse() throws Exception {
        Pki.write(files, "plain.pem", "no key, no certificate");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> gateway.log().lines().anyMatch(TlsEdgeIT::tellsOfARefusedReload));
        assertThat(serialShown()).isEqualTo(1);

        serverKeys("plain", 3);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> serialShown() == 3);
        serverKeys("plain", 1);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> serialShown() == 1);
    }

    private static boolean tellsOfARefusedReload(String line) {
        return line.contains("ERROR") && line.contains("SSL");
    }

    private static int serialShown() throws IOException {
        try (SSLSocket socket = connect("plain.example.com", "TLSv1.3", "http/1.1")) {
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSerialNumber().intValue();
        }
    }

    @Test
    void health_withoutTheSslIndicator_stillHasItsGroup() {
        HttpResponse<String> health = gateway.manage("/actuator/health/dependencies");
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).contains("upstreams").doesNotContain("\"ssl\"");
    }
}
