package io.sluice.health.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.sluice.health.HealthCheckSettings;
import io.sluice.health.ProbeState;
import io.sluice.health.ProbeState.Verdict;
import io.sluice.health.StatusRanges;
import io.sluice.upstream.Endpoint;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

class HealthProberIT {

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final HealthCheckSettings settings =
            HealthCheckSettings.of(
                    "p",
                    "/healthz",
                    Duration.ofMillis(100),
                    Duration.ofMillis(100),
                    2,
                    2,
                    "200-399");
    private final List<DisposableServer> servers = new ArrayList<>();
    private final List<HealthProber> probers = new ArrayList<>();
    private final Queue<String> changes = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stopAll() {
        probers.forEach(HealthProber::stop);
        servers.forEach(DisposableServer::disposeNow);
    }

    @Test
    void probe_upDownSlowAndWrongStatus_areTold() throws Exception {
        Endpoint up = serve(exchangeWith(200));
        Endpoint redirecting = serve(exchangeWith(302));
        Endpoint wrong = serve(exchangeWith(503));
        Endpoint slow = serve(HttpServer.create().handle((in, out) -> Mono.never()));
        Endpoint down = closedPort();
        HealthProber prober = prober(HttpClient.newConnection(), new ProbeGate(64));
        prober.endpoints(List.of(up, redirecting, wrong, slow, down));
        assertThat(verdict(prober, up)).isEqualTo(Verdict.UNKNOWN);
        prober.start();
        awaitVerdict(prober, up, Verdict.HEALTHY);
        awaitVerdict(prober, redirecting, Verdict.HEALTHY);
        awaitVerdict(prober, wrong, Verdict.UNHEALTHY);
        awaitVerdict(prober, slow, Verdict.UNHEALTHY);
        awaitVerdict(prober, down, Verdict.UNHEALTHY);
        assertThat(state(prober, wrong).last()).isEqualTo("status 503");
        assertThat(state(prober, slow).last()).isEqualTo("no answer in time");
        assertThat(state(prober, down).last()).isEqualTo("no connection");
        assertThat(changes)
                .containsExactlyInAnyOrder(
                        up.id() + " HEALTHY",
                        redirecting.id() + " HEALTHY",
                        wrong.id() + " UNHEALTHY",
                        slow.id() + " UNHEALTHY",
                        down.id() + " UNHEALTHY");
    }

    @Test
    void probe_asksForThePathAndNamesItself() {
        Queue<String> requests = new ConcurrentLinkedQueue<>();
        Endpoint endpoint =
                serve(
                        HttpServer.create()
                                .handle(
                                        (in, out) -> {
                                            requests.add(
                                                    in.method()
                                                            + " "
                                                            + in.uri()
                                                            + " "
                                                            + in.requestHeaders().get("User-Agent")
                                                            + " "
                                                            + in.requestHeaders().get("Host"));
                                            return out.send();
                                        }));
        HealthProber prober = prober(HttpClient.newConnection(), new ProbeGate(64));
        prober.endpoints(List.of(endpoint));
        prober.start();
        awaitVerdict(prober, endpoint, Verdict.HEALTHY);
        assertThat(requests)
                .isNotEmpty()
                .allMatch(("GET /healthz sluice-health " + endpoint.id())::equals);
    }

    @Test
    void probe_endlessBody_isAnsweredAndItsConnectionClosed() {
        AtomicInteger open = new AtomicInteger();
        Endpoint endpoint =
                serve(
                        HttpServer.create()
                                .doOnConnection(
                                        c -> {
                                            open.incrementAndGet();
                                            c.onDispose(open::decrementAndGet);
                                        })
                                .handle(
                                        (in, out) ->
                                                out.sendString(
                                                        Mono.just("x").concatWith(Mono.never()))));
        HealthProber prober = prober(HttpClient.newConnection(), new ProbeGate(64));
        prober.endpoints(List.of(endpoint));
        prober.start();
        awaitVerdict(prober, endpoint, Verdict.HEALTHY);
        prober.stop();
        await().atMost(DEADLINE).until(() -> open.get() == 0);
    }

    @Test
    void probe_failsAndRecovers_isTakenOutAndBroughtBack() {
        AtomicInteger status = new AtomicInteger(200);
        Endpoint endpoint =
                serve(HttpServer.create().handle((in, out) -> out.status(status.get()).send()));
        HealthProber prober = prober(HttpClient.newConnection(), new ProbeGate(64));
        prober.start();
        prober.endpoints(List.of(endpoint));
        awaitVerdict(prober, endpoint, Verdict.HEALTHY);
        status.set(500);
        awaitVerdict(prober, endpoint, Verdict.UNHEALTHY);
        status.set(204);
        awaitVerdict(prober, endpoint, Verdict.HEALTHY);
        assertThat(changes)
                .containsExactly(
                        endpoint.id() + " HEALTHY",
                        endpoint.id() + " UNHEALTHY",
                        endpoint.id() + " HEALTHY");
    }

    @Test
    void endpoints_removed_cancelsItsProbeAndAsksNoMore() {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger asked = new AtomicInteger();
        HttpServer hanging =
                HttpServer.create()
                        .doOnConnection(
                                c -> {
                                    open.incrementAndGet();
                                    c.onDispose(open::decrementAndGet);
                                })
                        .handle(
                                (in, out) -> {
                                    asked.incrementAndGet();
                                    return Mono.never();
                                });
        Endpoint gone = serve(hanging);
        Endpoint stays = serve(exchangeWith(200));
        HealthCheckSettings patient =
                HealthCheckSettings.of(
                        "p", "/", Duration.ofMinutes(1), Duration.ofMinutes(1), 2, 2, "200");
        HealthProber prober = prober(patient, HttpClient.newConnection(), new ProbeGate(1));
        prober.endpoints(List.of(gone));
        prober.start();
        await().atMost(DEADLINE).until(() -> asked.get() == 1);
        prober.endpoints(List.of(stays));
        assertThat(prober.state(gone.id())).isNull();
        await().atMost(DEADLINE).until(() -> open.get() == 0);
        awaitVerdict(prober, stays, Verdict.HEALTHY);
        assertThat(asked).hasValue(1);
        assertThat(changes).containsExactly(stays.id() + " HEALTHY");
    }

    @Test
    void endpoints_again_keepsTheStateUnlessTheSchemeChanged() {
        Endpoint endpoint = serve(exchangeWith(200));
        HealthProber prober = prober(HttpClient.newConnection(), new ProbeGate(64));
        prober.endpoints(List.of(endpoint));
        prober.start();
        awaitVerdict(prober, endpoint, Verdict.HEALTHY);
        long since = state(prober, endpoint).sinceNanos();
        Endpoint heavier = new Endpoint("http", endpoint.host(), endpoint.port(), 9, "b", Map.of());
        prober.endpoints(List.of(heavier));
        assertThat(state(prober, heavier).sinceNanos()).isEqualTo(since);
        Endpoint secure =
                new Endpoint("https", endpoint.host(), endpoint.port(), 1, null, Map.of());
        prober.endpoints(List.of(secure));
        assertThat(verdict(prober, secure)).isEqualTo(Verdict.UNKNOWN);
        awaitVerdict(prober, secure, Verdict.UNHEALTHY);
    }

    @Test
    void stop_thenStart_keepsStatesAndProbesAgain() {
        AtomicInteger asked = new AtomicInteger();
        Endpoint endpoint =
                serve(
                        HttpServer.create()
                                .handle(
                                        (in, out) -> {
                                            asked.incrementAndGet();
                                            return out.send();
                                        }));
        HealthProber prober = prober(HttpClient.newConnection(), new ProbeGate(64));
        prober.endpoints(List.of(endpoint));
        prober.start();
        prober.start();
        awaitVerdict(prober, endpoint, Verdict.HEALTHY);
        prober.stop();
        prober.stop();
        assertThat(verdict(prober, endpoint)).isEqualTo(Verdict.HEALTHY);
        int before = asked.get();
        prober.start();
        await().atMost(DEADLINE).until(() -> asked.get() >= before + 3);
        assertThat(changes).containsExactly(endpoint.id() + " HEALTHY");
    }

    @Test
    void gate_twoPlaces_neverMoreThanTwoProbesAtOnce() {
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger worst = new AtomicInteger();
        HttpServer server =
                HttpServer.create()
                        .handle(
                                (in, out) -> {
                                    worst.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                                    return Mono.delay(Duration.ofMillis(20))
                                            .doOnNext(t -> atOnce.decrementAndGet())
                                            .then(out.send().then());
                                });
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            endpoints.add(serve(server));
        }
        HealthCheckSettings unhurried =
                new HealthCheckSettings(
                        "/",
                        Duration.ofMillis(50),
                        Duration.ofSeconds(10),
                        100,
                        2,
                        StatusRanges.SUCCESS_OR_REDIRECT);
        HealthProber prober = prober(unhurried, HttpClient.newConnection(), new ProbeGate(2));
        prober.endpoints(endpoints);
        prober.start();
        for (Endpoint endpoint : endpoints) {
            awaitVerdict(prober, endpoint, Verdict.HEALTHY);
        }
        assertThat(worst.get()).isBetween(1, 2);
    }

    @Test
    void listener_throws_probingGoesOn() {
        AtomicInteger asked = new AtomicInteger();
        Endpoint endpoint =
                serve(
                        HttpServer.create()
                                .handle(
                                        (in, out) -> {
                                            asked.incrementAndGet();
                                            return out.send();
                                        }));
        HealthProber prober =
                new HealthProber(
                        settings,
                        HttpClient.newConnection(),
                        new ProbeGate(1),
                        Schedulers.parallel(),
                        new Random(20261124L),
                        System::nanoTime,
                        (changed, state) -> {
                            throw new IllegalStateException("listener");
                        });
        probers.add(prober);
        prober.endpoints(List.of(endpoint));
        prober.start();
        await().atMost(DEADLINE).until(() -> asked.get() >= 3);
        assertThat(verdict(prober, endpoint)).isEqualTo(Verdict.HEALTHY);
    }

    @Test
    void probe_https_followsTheClientsTrust(@TempDir Path directory) throws Exception {
        KeyManagerFactory keys = selfSigned(directory);
        Endpoint plain =
                serve(
                        exchangeWith(200)
                                .secure(
                                        spec ->
                                                spec.sslContext(
                                                        Http11SslContextSpec.forServer(keys))));
        Endpoint secure = new Endpoint("https", plain.host(), plain.port(), 1, null, Map.of());
        HttpClient trusting =
                HttpClient.newConnection()
                        .secure(
                                spec ->
                                        spec.sslContext(
                                                Http11SslContextSpec.forClient()
                                                        .configure(HealthProberIT::trustAll)));
        HealthProber strict = prober(HttpClient.newConnection(), new ProbeGate(64));
        HealthProber lenient = prober(trusting, new ProbeGate(64));
        for (HealthProber prober : List.of(strict, lenient)) {
            prober.endpoints(List.of(secure));
            prober.start();
        }
        awaitVerdict(lenient, secure, Verdict.HEALTHY);
        awaitVerdict(strict, secure, Verdict.UNHEALTHY);
        assertThat(state(strict, secure).last()).isEqualTo("no connection");
    }

    private static void trustAll(SslContextBuilder builder) {
        builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    }

    private static KeyManagerFactory selfSigned(Path directory) throws Exception {
        Path store = directory.resolve("server.p12");
        char[] password = "changeit".toCharArray();
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "server",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=localhost",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                new String(password))
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("keytool.log").toFile())
                        .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, password);
        }
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, password);
        return factory;
    }

    private static HttpServer exchangeWith(int status) {
        return HttpServer.create().handle((in, out) -> out.status(status).send());
    }

    private Endpoint serve(HttpServer server) {
        DisposableServer bound = server.host("127.0.0.1").port(0).bindNow();
        servers.add(bound);
        return new Endpoint("http", "127.0.0.1", bound.port(), 1, null, Map.of());
    }

    private static Endpoint closedPort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Endpoint("http", "127.0.0.1", socket.getLocalPort(), 1, null, Map.of());
        }
    }

    private HealthProber prober(HttpClient client, ProbeGate gate) {
        return prober(settings, client, gate);
    }

    private HealthProber prober(HealthCheckSettings settings, HttpClient client, ProbeGate gate) {
        HealthProber prober =
                new HealthProber(
                        settings,
                        client,
                        gate,
                        Schedulers.parallel(),
                        new Random(20261124L),
                        System::nanoTime,
                        (endpoint, state) -> changes.add(endpoint.id() + " " + state.verdict()));
        probers.add(prober);
        return prober;
    }

    private static ProbeState state(HealthProber prober, Endpoint endpoint) {
        ProbeState state = prober.state(endpoint.id());
        assertThat(state).isNotNull();
        return state;
    }

    private static Verdict verdict(HealthProber prober, Endpoint endpoint) {
        return state(prober, endpoint).verdict();
    }

    private static void awaitVerdict(HealthProber prober, Endpoint endpoint, Verdict verdict) {
        await().atMost(DEADLINE).until(() -> verdict(prober, endpoint) == verdict);
    }
}
