package io.sluice.balance.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.balance.Algorithm;
import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.proxy.spring.UpstreamTls;
import io.sluice.upstream.spring.Discovery;
import io.sluice.upstream.spring.EndpointSources;
import io.sluice.upstream.spring.KubernetesProperties;
import io.sluice.upstream.spring.UpstreamProperties;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import reactor.netty.http.client.HttpClient;

/** One configured upstream, {@code orders}, of four instances that nobody listens at. */
record Fixture(Upstreams upstreams, MeterRegistry meters) implements AutoCloseable {

    private static final String ID = "orders";
    private static final int INSTANCES = 4;

    /**
     * @param settings such as {@code "algorithm: ip-hash"}, below the upstream's prefix
     */
    static Fixture start(String... settings) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < INSTANCES; i++) {
            properties.put("upstream.instances[" + i + "].uri", "http://10.0.0." + i + ":8080");
        }
        for (String setting : settings) {
            int colon = setting.indexOf(": ");
            properties.put("upstream." + setting.substring(0, colon), setting.substring(colon + 2));
        }
        UpstreamProperties bound =
                new Binder(new MapConfigurationPropertySource(properties))
                        .bind("upstream", UpstreamProperties.class)
                        .get();
        MeterRegistry meters = new SimpleMeterRegistry();
        Control control = new Control();
        Upstreams upstreams =
                new Upstreams(
                        new UpstreamSet(
                                new BalanceSettings("least-response-time", null, Map.of(ID, bound)),
                                Map.of(
                                        ID,
                                        UpstreamSettings.of(
                                                ID, bound, Algorithm.LEAST_RESPONSE_TIME)),
                                Map.of(),
                                id -> {
                                    throw new IllegalStateException("no upstream but " + ID);
                                }),
                        new ActiveConfiguration(),
                        new EndpointSources(
                                Discovery.of(List.of(), List.of()),
                                new KubernetesProperties(null, "/nowhere"),
                                name -> null,
                                control.nanoClock(),
                                control.random()),
                        (one, zone) ->
                                new Upstream(one, null, control, new UpstreamMeters(meters, ID)),
                        control,
                        new Probes(
                                control,
                                HttpClient.newConnection(),
                                new UpstreamTls(
                                        new DefaultSslBundleRegistry(),
                                        new HttpClientProperties.Ssl())));
        upstreams.start();
        return new Fixture(upstreams, meters);
    }

    Upstream upstream() {
        Upstream upstream = upstreams.find(ID);
        if (upstream == null) {
            throw new IllegalStateException("no upstream " + ID);
        }
        return upstream;
    }

    long inFlight() {
        return upstream().status().instances().stream()
                .mapToLong(UpstreamStatus.Instance::inFlight)
                .sum();
    }

    @Override
    public void close() {
        upstreams.stop();
    }
}
