package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.EchoUpstream.Seen;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.core.io.ClassPathResource;

/**
 * An existing Spring Cloud Gateway configuration runs unchanged on the packaged jar, and does the
 * same: every case of the table is also put to stock Spring Cloud Gateway, and the two must agree
 * in status, headers and what the upstreams saw.
 */
@Together
class DropInIT {

    private static final int WEIGHED = 200;

    private static final EchoUpstream A = EchoUpstream.start("a");
    private static final EchoUpstream B = A.beside("b");
    private static SilentPort silent;
    private static Gateway gateway;
    private static StockGateway stock;

    @BeforeAll
    static void start() throws IOException {
        silent = new SilentPort();
        List<String> arguments =
                List.of(
                        "--upstream.a=" + A.uri(),
                        "--upstream.b=" + B.uri(),
                        "--upstream.silent=http://127.0.0.1:" + silent.port(),
                        "--upstream.dead=http://127.0.0.1:" + Gateway.freePort());
        ClassPathResource file = new ClassPathResource("dropin/application.yml");
        gateway =
                Gateway.start(
                        file.getContentAsString(java.nio.charset.StandardCharsets.UTF_8),
                        arguments.toArray(String[]::new));
        stock = StockGateway.start("classpath:/dropin/application.yml", arguments);
    }

    @AfterAll
    static void stop() throws IOException {
        if (stock != null) {
            stock.close();
        }
        if (gateway != null) {
            gateway.close();
        }
        silent.close();
        A.close();
        B.close();
    }

    static Stream<DropInCase> cases() {
        return DropInCases.all(B.uri());
    }

    static Stream<DropInCase> casesAsStock() {
        return cases().filter(DropInCase::asStock);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void builtIn_onSluice_works(DropInCase builtIn) {
        builtIn.check().accept(builtIn.run(gateway.port(), A));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("casesAsStock")
    void builtIn_onSluice_doesAsStockDoes(DropInCase builtIn) {
        assertThat(builtIn.run(gateway.port(), A).comparable())
                .isEqualTo(builtIn.run(stock.port(), A).comparable());
    }

    @Test
    void routeFile_kindsOfPredicateAndFilter_areAtLeastTwentyFive() {
        List<RouteDefinition> routes =
                stock.context()
                        .getBean("propertiesRouteDefinitionLocator", RouteDefinitionLocator.class)
                        .getRouteDefinitions()
                        .collectList()
                        .block(Duration.ofSeconds(10));
        Stream<String> kinds =
                routes.stream()
                        .flatMap(
                                route ->
                                        Stream.concat(
                                                route.getPredicates().stream()
                                                        .map(p -> p.getName()),
                                                route.getFilters().stream().map(f -> f.getName())));
        assertThat(kinds.distinct()).hasSizeGreaterThanOrEqualTo(25);
    }

    @Test
    void weight_eightToTwo_isSharedSo() {
        Map<String, Integer> shares = new HashMap<>();
        try (RawConnection connection = new RawConnection(gateway.port())) {
            for (int i = 0; i < WEIGHED; i++) {
                String text =
                        connection
                                .send("GET /weight HTTP/1.1\r\nHost: g\r\n\r\n")
                                .read(false)
                                .text();
                shares.merge(text.substring(0, 1), 1, Integer::sum);
            }
        }
        // Five standard deviations of the binomial distribution: chance fails one run in a million.
        double spread = 5 * Math.sqrt(WEIGHED * 0.8 * 0.2);
        assertThat((double) shares.get("a")).isBetween(160 - spread, 160 + spread);
        assertThat(shares.get("a") + shares.get("b")).isEqualTo(WEIGHED);
    }

    @Test
    void lb_twoInstancesOfSimpleDiscovery_bothServe() {
        DropInCase pair = DropInCase.get("pair", "/lb-pair", x -> x.status(200));
        List<String> served = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            DropInExchange exchange = pair.run(gateway.port(), A);
            pair.check().accept(exchange);
            exchange.seen().stream().map(Seen::by).forEach(served::add);
        }
        assertThat(served).hasSize(40).contains("a", "b").containsOnly("a", "b");
    }

    @Test
    void localResponseCache_secondRequest_isNotSentUpstream() {
        for (int port : new int[] {gateway.port(), stock.port()}) {
            Consumer<DropInExchange> answered = x -> x.status(200).gotText("a GET /response-cache");
            DropInCase cached = DropInCase.get("cached", "/response-cache", answered);
            DropInExchange first = cached.run(port, A);
            DropInExchange second = cached.run(port, A);
            answered.accept(first);
            answered.accept(second);
            first.sawTimes(1);
            second.sawTimes(0);
        }
    }

    @Test
    void connectTimeout_ofMetadata_isKept() {
        DropInCase connect = DropInCase.get("connect", "/connect-timeout", x -> x.status(502));
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long before = System.nanoTime();
            connect.check().accept(connect.run(gateway.port(), A));
            fastest = Math.min(fastest, System.nanoTime() - before);
        }
        // 200 ms by the route; 2 s by Sluice's default and 5 s by the file for all routes.
        assertThat(Duration.ofNanos(fastest))
                .isBetween(Duration.ofMillis(200), Duration.ofMillis(1900));
    }

    /** A listener whose queue is full: a connection to it is neither accepted nor refused. */
    private static final class SilentPort implements AutoCloseable {

        private final ServerSocket listener =
                new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        private final List<Socket> queued = new ArrayList<>();

        SilentPort() throws IOException {
            for (boolean full = false; !full; ) {
                Socket socket = new Socket();
                queued.add(socket);
                try {
                    socket.connect(new InetSocketAddress("127.0.0.1", port()), 300);
                } catch (SocketTimeoutException e) {
                    full = true;
                }
            }
        }

        int port() {
            return listener.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : queued) {
                socket.close();
            }
            listener.close();
        }
    }
}
