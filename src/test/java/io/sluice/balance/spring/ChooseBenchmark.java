package io.sluice.balance.spring;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.balance.Algorithm;
import io.sluice.balance.BalancerSettings;
import io.sluice.health.OutlierSettings;
import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.proxy.RetryPolicy;
import io.sluice.proxy.Timeouts;
import io.sluice.proxy.spring.UpstreamTls;
import io.sluice.upstream.Endpoint;
import io.sluice.upstream.spring.Discovery;
import io.sluice.upstream.spring.EndpointSources;
import io.sluice.upstream.spring.KubernetesProperties;
import io.sluice.upstream.spring.SourceSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.reactivestreams.Subscription;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.loadbalancer.cache.CaffeineBasedLoadBalancerCacheManager;
import org.springframework.cloud.loadbalancer.cache.DefaultLoadBalancerCacheManager;
import org.springframework.cloud.loadbalancer.cache.LoadBalancerCacheProperties;
import org.springframework.cloud.loadbalancer.core.CachingServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.core.DiscoveryClientServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.core.WeightedServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.cloud.loadbalancer.support.ServiceInstanceListSuppliers;
import org.springframework.cloud.loadbalancer.support.SimpleObjectProvider;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;

/**
 * What {@code choose()} costs behind Spring Cloud's interface: our adapter with three algorithms
 * beside Spring Cloud LoadBalancer's round robin and weighted supplier. Theirs get the list as the
 * default chain does, from a discovery client, here one that has it at hand: asked on every call
 * (uncached), through the default cache, or through the Caffeine cache that Spring takes where
 * Caffeine is on the class path. "Bare" is round robin over a constant list, with nothing to get.
 * Everything is subscribed to alike.
 *
 * <p>Run it with {@code bench/balancing-jmh}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class ChooseBenchmark {

    private static final String ID = "orders";

    @Param({
        "sluice round-robin",
        "sluice weighted-round-robin",
        "sluice least-response-time",
        "spring round-robin bare",
        "spring round-robin uncached",
        "spring round-robin cached",
        "spring round-robin caffeine",
        "spring weighted uncached",
        "spring weighted cached"
    })
    public String balancer;

    @Param({"10", "1000"})
    public int size;

    private final Request<?> request = new DefaultRequest<>();
    private final Control control = new Control();
    private ReactorServiceInstanceLoadBalancer chosen;

    @Setup
    public void setUp() {
        chosen =
                balancer.startsWith("sluice")
                        ? sluice(balancer.substring("sluice ".length()))
                        : spring(balancer);
        if (!choose().hasServer()) {
            throw new IllegalStateException(balancer + " chooses nobody");
        }
    }

    @TearDown
    public void tearDown() {
        control.stop();
    }

    @Benchmark
    public Response<ServiceInstance> choose() {
        Taker taker = new Taker();
        chosen.choose(request).subscribe(taker);
        return taker.taken;
    }

    /** Asks for all there is, as an operator of the gateway's chain does. */
    private static final class Taker implements CoreSubscriber<Response<ServiceInstance>> {

        private Response<ServiceInstance> taken;

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Response<ServiceInstance> response) {
            taken = response;
        }

        @Override
        public void onError(Throwable error) {
            throw new IllegalStateException(error);
        }

        @Override
        public void onComplete() {}
    }

    private int weight(int i) {
        return balancer.contains("weighted") ? 1 + i % 5 : 1;
    }

    private ReactorServiceInstanceLoadBalancer sluice(String algorithm) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            endpoints.add(new Endpoint("http", "instance-" + i, 8080, weight(i), null, Map.of()));
        }
        UpstreamSettings settings =
                new UpstreamSettings(
                        ID,
                        Algorithm.named(algorithm).orElseThrow(),
                        BalancerSettings.DEFAULTS,
                        new HashKeyReader(
                                Algorithm.IP_HASH, HashKeySpec.parse("hash-key", "ip"), 32),
                        new SourceSettings.Instances(endpoints),
                        50,
                        Duration.ZERO,
                        null,
                        Timeouts.of(
                                "timeouts",
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(60)),
                        RetryPolicy.DEFAULT,
                        20,
                        null,
                        OutlierSettings.DEFAULT);
        Upstreams upstreams =
                new Upstreams(
                        new UpstreamSet(
                                new BalanceSettings("least-response-time", null, Map.of()),
                                Map.of(ID, settings),
                                Map.of(),
                                id -> settings),
                        new ActiveConfiguration(),
                        new EndpointSources(
                                Discovery.of(List.of(), List.of()),
                                new KubernetesProperties(null, ""),
                                property -> null,
                                control.nanoClock(),
                                control.random()),
                        (one, zone) ->
                                new Upstream(
                                        one,
                                        null,
                                        control,
                                        new UpstreamMeters(new SimpleMeterRegistry(), ID)),
                        control,
                        new Probes(
                                control,
                                HttpClient.newConnection(),
                                new UpstreamTls(
                                        new DefaultSslBundleRegistry(),
                                        new HttpClientProperties.Ssl())));
        upstreams.start();
        Upstream upstream = upstreams.find(ID);
        upstream.ready().block();
        return new SluiceLoadBalancer(ID, upstreams);
    }

    private ReactorServiceInstanceLoadBalancer spring(String name) {
        List<ServiceInstance> instances = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            instances.add(
                    new DefaultServiceInstance(
                            "i" + i,
                            ID,
                            "instance-" + i,
                            8080,
                            false,
                            Map.of("weight", String.valueOf(weight(i)))));
        }
        ServiceInstanceListSupplier supplier =
                name.endsWith("bare")
                        ? ServiceInstanceListSuppliers.from(
                                ID, instances.toArray(ServiceInstance[]::new))
                        : new DiscoveryClientServiceInstanceListSupplier(
                                new AtHand(instances), environment());
        if (name.endsWith("cached") && !name.endsWith("uncached")) {
            supplier =
                    new CachingServiceInstanceListSupplier(
                            supplier,
                            new DefaultLoadBalancerCacheManager(new LoadBalancerCacheProperties()));
        } else if (name.endsWith("caffeine")) {
            supplier =
                    new CachingServiceInstanceListSupplier(
                            supplier,
                            new CaffeineBasedLoadBalancerCacheManager(
                                    new LoadBalancerCacheProperties()));
        }
        if (name.contains("weighted")) {
            supplier = new WeightedServiceInstanceListSupplier(supplier);
        }
        return new RoundRobinLoadBalancer(new SimpleObjectProvider<>(supplier), ID);
    }

    /** What Spring Cloud LoadBalancer reads its service's id from. */
    private static StandardEnvironment environment() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(
                        new MapPropertySource(
                                "id", Map.of(LoadBalancerClientFactory.PROPERTY_NAME, ID)));
        return environment;
    }

    /** A discovery client that need not ask anybody. */
    private record AtHand(List<ServiceInstance> instances) implements ReactiveDiscoveryClient {

        @Override
        public String description() {
            return "at hand";
        }

        @Override
        public Flux<ServiceInstance> getInstances(String serviceId) {
            return Flux.fromIterable(instances);
        }

        @Override
        public Flux<String> getServices() {
            return Flux.just(ID);
        }
    }
}
