package io.sluice.upstream.kubernetes;

import static io.sluice.upstream.kubernetes.FakeApiServer.endpoint;
import static io.sluice.upstream.kubernetes.FakeApiServer.ready;
import static io.sluice.upstream.kubernetes.FakeApiServer.terminating;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContextBuilder;
import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointSlices;
import io.sluice.upstream.LogOf;
import io.sluice.upstream.ServicePort;
import io.sluice.upstream.WatchPace;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.resources.LoopResources;

/** The source against an API server that speaks real HTTP. */
class KubernetesSourceIT {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static LoopResources loops;

    @TempDir Path credentials;

    private final FakeApiServer server = FakeApiServer.start();
    private final List<List<String>> reports = new CopyOnWriteArrayList<>();
    private final List<Endpoint> last = new CopyOnWriteArrayList<>();
    private LogOf log;
    private KubernetesSource source;

    @BeforeAll
    static void open() {
        loops = LoopResources.create("test-kubernetes", 1, 1, true);
    }

    @AfterAll
    static void shut() {
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block();
    }

    @BeforeEach
    void listen() {
        log = new LogOf(KubernetesSource.class);
    }

    @AfterEach
    void stop() {
        source.stop();
        server.close();
        log.close();
    }

    private void start() {
        start(server, "orders", new ServicePort.Named("http"));
    }

    private void start(FakeApiServer api, String service, ServicePort port) {
        source =
                new KubernetesSource(
                        "orders",
                        new KubernetesApi(
                                new KubernetesAccess(api.address(), credentials),
                                loops,
                                "shop",
                                service),
                        new EndpointSlices("http", port),
                        new WatchPace(new SplittableRandom(7)),
                        System::nanoTime);
        source.start(
                endpoints -> {
                    last.clear();
                    last.addAll(endpoints);
                    reports.add(endpoints.stream().map(e -> e.id() + "=" + e.weight()).toList());
                });
    }

    private void awaitLast(String... expected) {
        Awaitility.await()
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(
                        () -> {
                            assertThat(reports).isNotEmpty();
                            assertThat(reports.get(reports.size() - 1)).containsExactly(expected);
                        });
    }

    private void awaitWatching(FakeApiServer api) {
        Awaitility.await()
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> api.watching() == 1);
    }

    @Test
    void start_list_isReportedWithZonesAndPods() {
        server.put("orders-b", 8080, ready("10.0.0.2"), terminating("10.0.0.3"));
        server.put("orders-a", 8080, ready("10.0.0.1"));
        start();

        awaitLast("10.0.0.1:8080=1", "10.0.0.2:8080=1", "10.0.0.3:8080=0");
        assertThat(last.get(0).zone()).isEqualTo("zone-a");
        assertThat(last.get(0).metadata()).containsEntry("pod", "pod-10-0-0-1");
        awaitWatching(server);
        assertThat(server.seen().get(1).watch()).isEqualTo("102");
        assertThat(source.kind()).isEqualTo("kubernetes");
    }

    @Test
    void watch_events_areReportedAsTheyCome() {
        server.put("orders-a", 8080, ready("10.0.0.1"));
        start();
        awaitWatching(server);

        server.put("orders-b", 8080, ready("10.0.0.2"));
        awaitLast("10.0.0.1:8080=1", "10.0.0.2:8080=1");
        server.put("orders-a", 8080, terminating("10.0.0.1"));
        awaitLast("10.0.0.1:8080=0", "10.0.0.2:8080=1");
        server.remove("orders-a");
        awaitLast("10.0.0.2:8080=1");
        server.put("orders-b", 8080, terminating("10.0.0.2"));
        server.put("orders-b", 8080);
        awaitLast();

        assertThat(server.lists()).isEqualTo(1);
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void watch_eventInPieces_isOneEvent() {
        server.put("orders-a", 8080, ready("10.0.0.1"));
        start();
        awaitWatching(server);
        String event =
                """
                {"type":"ADDED","object":{"metadata":{"name":"x","resourceVersion":"500"},
                "addressType":"IPv4","ports":[{"name":"http","port":9090}],
                "endpoints":[{"addresses":["10.0.0.7"],"zone":"zürich"}]}}"""
                        .replace("\n", "");
        for (int i = 0; i < event.length(); i += 7) {
            server.raw(event.substring(i, Math.min(event.length(), i + 7)));
        }
        server.raw("\n\n");

        awaitLast("10.0.0.1:8080=1", "10.0.0.7:9090=1");
        assertThat(last.get(1).zone()).isEqualTo("zürich");
    }

    @Test
    void watch_bookmark_movesTheVersionAndReportsNothing() {
        server.put("orders-a", 8080, ready("10.0.0.1"));
        start();
        awaitWatching(server);

        int version = server.bookmark();
        server.endWatches();

        Awaitility.await()
                .atMost(LIMIT)
                .until(
                        () ->
                                server.seen().stream()
                                        .anyMatch(s -> ("" + version).equals(s.watch())));
        assertThat(reports).hasSize(1);
        assertThat(server.lists()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void watch_versionTooOld_listsAgain(boolean byStatus) {
        if (byStatus) {
            server.expireByStatus();
        }
        server.put("orders-a", 8080, ready("10.0.0.1"));
        start();
        awaitWatching(server);

        server.putUntold("orders-a", 8080, ready("10.0.0.2"));
        server.forgetHistory();
        server.endWatches();

        awaitLast("10.0.0.2:8080=1");
        awaitWatching(server);
        assertThat(server.lists()).isEqualTo(2);
        assertThat(log.lines()).as("an old version is no trouble").isEmpty();
    }

    @Test
    void watch_brokenOff_goesOnWhereItWas() {
        server.put("orders-a", 8080, ready("10.0.0.1"));
        start();
        awaitWatching(server);

        server.breakOff();
        server.put("orders-b", 8080, ready("10.0.0.2"));

        awaitLast("10.0.0.1:8080=1", "10.0.0.2:8080=1");
        assertThat(server.lists()).isEqualTo(1);
        assertThat(reports).hasSize(2);
    }

    @Test
    void watch_errorOfTheServer_listsAgain() {
        server.put("orders-a", 8080, ready("10.0.0.1"));
        start();
        awaitWatching(server);

        server.putUntold("orders-a", 8080, ready("10.0.0.5"));
        server.raw("{\"type\":\"ERROR\",\"object\":{\"code\":500,\"message\":\"etcd\"}}\n");

        awaitLast("10.0.0.5:8080=1");
        assertThat(server.lists()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"ADDED\",\"object\":{\"metad",
                "[]",
                "{\"type\":\"ADDED\",\"object\":{}}",
                "{\"type\":\"SUNSET\",\"object\":{}}",
                "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"x\",\"resourceVersion\":\"5\"}}}",
                "<html>"
            })
    void watch_malformedLine_keepsTheLastSetSaysSoAndListsAgain(String line) {
        server.put("orders-a", 8080, ready("10.0.0.1"));
        start();
        awaitWatching(server);

        server.putUntold("orders-a", 8080, ready("10.0.0.2"));
        server.raw(line + "\n");

        awaitLast("10.0.0.2:8080=1");
        assertThat(reports).doesNotContain(List.of());
        assertThat(log.lines()).singleElement().asString().contains("cannot be read");
        awaitWatching(server);
        server.put("orders-a", 8080, ready("10.0.0.3"));
        awaitLast("10.0.0.3:8080=1");
        assertThat(log.lines()).hasSize(2).last().asString().contains("can be read again");
    }

    @Test
    void list_malformed_isTriedAgainUntilItCanBeRead() {
        server.put("orders-a", 8080, ready("10.0.0.1"));
        server.answerListsWith("{\"kind\":\"Status\"}");
        start();
        Awaitility.await().atMost(LIMIT).until(() -> server.lists() >= 3);
        assertThat(reports).isEmpty();
        assertThat(log.lines()).hasSize(1);

        server.answerListsWith(null);
        awaitLast("10.0.0.1:8080=1");
    }

    @Test
    void serverDown_keepsTheLastSetSaysSoOnceAndGoesOn() {
        server.put("orders-a", 8080, ready("10.0.0.1"));
        start();
        awaitWatching(server);

        server.close();
        Awaitility.await()
                .atMost(LIMIT)
                .during(Duration.ofSeconds(1))
                .until(() -> reports.size() == 1);
        assertThat(log.lines())
                .singleElement()
                .asString()
                .contains("upstream orders", "cannot be asked", "the last instances stay");

        server.restart();
        server.put("orders-a", 8080, ready("10.0.0.2"));
        awaitLast("10.0.0.2:8080=1");
        assertThat(log.lines()).hasSize(2).last().asString().contains("answers again");
    }

    @Test
    void token_replaced_isUsedByTheNextConnection() throws Exception {
        Path token = credentials.resolve("token");
        Files.writeString(token, "first\n");
        server.requireToken("first");
        server.put("orders-a", 8080, ready("10.0.0.1"));
        start();
        awaitWatching(server);

        Files.writeString(token, "second");
        server.requireToken("second");
        server.breakOff();
        server.put("orders-a", 8080, ready("10.0.0.2"));

        awaitLast("10.0.0.2:8080=1");
        assertThat(server.seen())
                .extracting(FakeApiServer.Seen::authorization)
                .containsOnly("Bearer first", "Bearer second")
                .endsWith("Bearer second");
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void refused_saysWhyAndNotTheToken() throws Exception {
        Files.writeString(credentials.resolve("token"), "top-secret");
        start(server, "payments", new ServicePort.Only());
        Awaitility.await().atMost(LIMIT).until(() -> server.lists() >= 2);

        assertThat(log.lines())
                .singleElement()
                .asString()
                .contains("status 403: endpointslices is forbidden")
                .doesNotContain("top-secret");
        assertThat(reports).isEmpty();
        assertThat(server.watching()).isZero();
    }

    @Test
    void portThatIsNone_isSaidOnce() {
        server.put("orders-a", 8080, ready("10.0.0.1"));
        start(server, "orders", new ServicePort.Numbered(80));
        awaitLast();
        awaitWatching(server);
        server.put("orders-a", 8080, ready("10.0.0.2"));
        server.put("orders-b", 80, ready("10.0.0.3"));

        awaitLast("10.0.0.3:80=1");
        assertThat(log.lines())
                .singleElement()
                .asString()
                .contains("the configured port is none of EndpointSlice [orders-a]");
    }

    @Test
    void conditionsLeftOut_countAsReady() {
        server.put("orders-a", 8080, endpoint("10.0.0.1", ""));
        start();

        awaitLast("10.0.0.1:8080=1");
    }

    @Test
    void stop_closesTheWatch() {
        server.put("orders-a", 8080, ready("10.0.0.1"));
        start();
        awaitWatching(server);

        source.stop();
        source.stop();

        Awaitility.await().atMost(LIMIT).until(() -> server.watching() == 0);
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void tls_serverOfTheDirectorysCertificate_isBelievedAndAnotherIsNot() throws Exception {
        FakeApiServer secure = FakeApiServer.startWithTls(selfSigned("right").build());
        try {
            secure.put("orders-a", 8443, ready("10.0.0.1"));
            Files.copy(credentials.resolve("right.crt"), credentials.resolve("ca.crt"));
            start(secure, "orders", new ServicePort.Only());
            awaitLast("10.0.0.1:8443=1");
            source.stop();
            long before = secure.seen().size();

            selfSigned("wrong");
            Files.delete(credentials.resolve("ca.crt"));
            Files.copy(credentials.resolve("wrong.crt"), credentials.resolve("ca.crt"));
            start(secure, "orders", new ServicePort.Only());
            Awaitility.await().atMost(LIMIT).until(() -> log.lines().size() == 1);
            assertThat(log.lines().get(0)).contains("cannot be asked");
            assertThat(secure.seen()).hasSize((int) before);
        } finally {
            secure.close();
        }
    }

    /** A key whose certificate for 127.0.0.1 is written to {@code NAME.crt}. */
    private SslContextBuilder selfSigned(String name) throws Exception {
        Path store = credentials.resolve(name + ".p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "api",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=" + name,
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                "changeit")
                        .redirectErrorStream(true)
                        .redirectOutput(credentials.resolve("keytool.log").toFile())
                        .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(new ByteArrayInputStream(Files.readAllBytes(store)), "changeit".toCharArray());
        Files.writeString(
                credentials.resolve(name + ".crt"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(keys.getCertificate("api").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, "changeit".toCharArray());
        return SslContextBuilder.forServer(factory);
    }
}
