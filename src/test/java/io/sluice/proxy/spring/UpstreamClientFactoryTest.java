package io.sluice.proxy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelId;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties.Pool.PoolType;
import org.springframework.cloud.gateway.config.HttpClientSslConfigurer;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** The client for upstreams, against a server in this process. */
class UpstreamClientFactoryTest {

    private static final int LOOPS = 3;
    private static final String METER = "reactor.netty.connection.provider.total.connections";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static DisposableServer server;
    private static LoopResources loops;

    @BeforeAll
    static void start() {
        server =
                HttpServer.create()
                        .host("127.0.0.1")
                        .port(0)
                        .handle((request, response) -> response.sendString(Mono.just("x")))
                        .bindNow();
        loops = LoopResources.create("test-pools", LOOPS, true);
    }

    @AfterAll
    static void stop() {
        server.disposeNow();
        loops.disposeLater().block(LIMIT);
    }

    private static String nameOf(PoolType type) {
        return "pool-" + type + (type == PoolType.ELASTIC ? "-1" : "");
    }

    private static HttpClient client(PoolType type, Duration givenUpAfter) throws Exception {
        HttpClientProperties properties = new HttpClientProperties();
        properties.getPool().setType(type);
        properties.getPool().setName("pool-" + type);
        properties.getPool().setMetrics(true);
        properties.getPool().setMaxIdleTime(givenUpAfter);
        properties.getPool().setEvictionInterval(givenUpAfter.dividedBy(4));
        ServerProperties serverProperties = new ServerProperties();
        UpstreamClientFactory factory =
                new UpstreamClientFactory(
                        properties,
                        serverProperties,
                        new HttpClientSslConfigurer(
                                properties.getSsl(),
                                serverProperties,
                                new DefaultSslBundleRegistry()),
                        new ArrayList<>(),
                        givenUpAfter);
        factory.afterPropertiesSet();
        return Objects.requireNonNull(factory.getObject())
                .runOn(loops)
                .baseUrl("http://127.0.0.1:" + server.port());
    }

    /** Where a request was sent that was made on the given loop. */
    private record Used(EventLoop loop, ChannelId connection) {}

    private static Used use(HttpClient client, EventLoop loop) {
        return client.get()
                .uri("/")
                .responseConnection(
                        (answer, connection) -> {
                            Channel channel = connection.channel();
                            Used used = new Used(channel.eventLoop(), channel.id());
                            return connection.inbound().receive().then(Mono.just(used));
                        })
                .last()
                .subscribeOn(Schedulers.fromExecutor(loop))
                .block(LIMIT);
    }

    private static List<EventLoop> eventLoops() {
        List<EventLoop> found = new ArrayList<>();
        loops.onClient(true).forEach(one -> found.add((EventLoop) one));
        return found;
    }

    @Test
    void request_madeOnALoop_usesThatLoopsConnectionsAgainAndAgain() throws Exception {
        HttpClient client = client(PoolType.ELASTIC, Duration.ofMinutes(1));
        Map<EventLoop, ChannelId> first = new ConcurrentHashMap<>();
        for (int round = 0; round < 5; round++) {
            for (EventLoop loop : eventLoops()) {
                Used used = use(client, loop);
                assertThat(used.loop()).isSameAs(loop);
                assertThat(first.computeIfAbsent(loop, none -> used.connection()))
                        .isEqualTo(used.connection());
            }
        }
        assertThat(first.values()).doesNotHaveDuplicates().hasSize(eventLoops().size());
    }

    @Test
    void pools_ofInstancesThatAreGone_areGivenUp() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Metrics.addRegistry(meters);
        try {
            for (PoolType type : new PoolType[] {PoolType.ELASTIC, PoolType.FIXED}) {
                HttpClient client = client(type, Duration.ofMillis(100));
                use(client, eventLoops().get(0));
                Supplier<Integer> pools =
                        () -> meters.find(METER).tags("name", nameOf(type)).meters().size();
                assertThat(pools.get()).as("%s", type).isPositive();
                Awaitility.await().atMost(LIMIT).until(() -> pools.get() == 0);
            }
        } finally {
            Metrics.removeRegistry(meters);
            meters.close();
        }
    }
}
