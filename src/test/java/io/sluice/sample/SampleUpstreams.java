package io.sluice.sample;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Three instances of one service, on free ports of this machine, each slower than the last. */
public final class SampleUpstreams {

    private record Speed(String name, Duration delay) {}

    private static final List<Speed> SPEEDS =
            List.of(
                    new Speed("orders-fast", Duration.ofMillis(5)),
                    new Speed("orders-middle", Duration.ofMillis(20)),
                    new Speed("orders-slow", Duration.ofMillis(80)));

    private final List<DisposableServer> servers;

    private SampleUpstreams(List<DisposableServer> servers) {
        this.servers = servers;
    }

    public static SampleUpstreams start() {
        List<DisposableServer> servers = new ArrayList<>();
        SPEEDS.forEach(speed -> servers.add(start(speed)));
        return new SampleUpstreams(servers);
    }

    private static DisposableServer start(Speed speed) {
        byte[] body =
                "{\"instance\":\"%s\"}\n".formatted(speed.name()).getBytes(StandardCharsets.UTF_8);
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle(
                        (request, response) ->
                                Mono.delay(speed.delay())
                                        .then(
                                                response.header("Content-Type", "application/json")
                                                        .sendByteArray(Mono.just(body))
                                                        .then()))
                .bindNow();
    }

    /** The instances' addresses, as properties of the gateway. */
    public Map<String, Object> properties() {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (int i = 0; i < servers.size(); i++) {
            properties.put(
                    "sluice.upstreams.orders.instances[" + i + "].uri",
                    "http://127.0.0.1:" + servers.get(i).port());
        }
        return properties;
    }
}
