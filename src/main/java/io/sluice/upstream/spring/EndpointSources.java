package io.sluice.upstream.spring;

import io.sluice.settings.SettingException;
import io.sluice.upstream.EndpointSlices;
import io.sluice.upstream.EndpointSource;
import io.sluice.upstream.ResolvedName;
import io.sluice.upstream.WatchPace;
import io.sluice.upstream.dns.DnsQueries;
import io.sluice.upstream.dns.DnsSource;
import io.sluice.upstream.kubernetes.KubernetesAccess;
import io.sluice.upstream.kubernetes.KubernetesApi;
import io.sluice.upstream.kubernetes.KubernetesSource;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.netty.resources.LoopResources;

/**
 * Makes the source of an upstream. DNS and Kubernetes sources share one thread of their own: a
 * large list that has to be read holds up no request, and they outlive the traffic's threads at
 * shutdown.
 */
public final class EndpointSources implements AutoCloseable {

    private static final Duration DISCOVERY_INTERVAL = Duration.ofSeconds(5);
    private static final Duration DNS_TIMEOUT = Duration.ofSeconds(2);
    private static final String API_SERVER = "sluice.kubernetes.api-server";

    private final Discovery discovery;
    private final KubernetesProperties kubernetes;
    private final Function<String, @Nullable String> environment;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    private @Nullable LoopResources loops;

    /**
     * @param environment a variable's value by its name, or {@code null}
     */
    public EndpointSources(
            Discovery discovery,
            KubernetesProperties kubernetes,
            Function<String, @Nullable String> environment,
            LongSupplier nanoClock,
            RandomGenerator random) {
        this.discovery = discovery;
        this.kubernetes = kubernetes;
        this.environment = environment;
        this.nanoClock = nanoClock;
        this.random = random;
    }

    /**
     * The source for this id, not started.
     *
     * @throws SettingException when it needs a Kubernetes API of which nothing is known
     */
    public EndpointSource source(String id, SourceSettings settings) {
        if (settings instanceof SourceSettings.Instances instances) {
            return new StaticSource(instances.endpoints());
        }
        if (settings instanceof SourceSettings.Dns dns) {
            return new DnsSource(
                    id,
                    dns.name(),
                    new ResolvedName(dns.scheme(), dns.port(), dns.refresh()),
                    new DnsQueries(loops(), servers(dns), DNS_TIMEOUT));
        }
        if (settings instanceof SourceSettings.Kubernetes service) {
            return kubernetes(id, service);
        }
        ReactiveDiscoveryClient client = discovery.client();
        return client == null
                ? new StaticSource(List.of())
                : new DiscoverySource(id, client, DISCOVERY_INTERVAL);
    }

    private static List<InetSocketAddress> servers(SourceSettings.Dns dns) {
        InetSocketAddress server = dns.server();
        return server == null ? List.of() : List.of(server);
    }

    private EndpointSource kubernetes(String id, SourceSettings.Kubernetes service) {
        KubernetesAccess access =
                new KubernetesAccess(apiServer(), Path.of(kubernetes.credentials()));
        String namespace = service.namespace() != null ? service.namespace() : access.namespace();
        if (namespace == null) {
            throw new SettingException(
                    service.property() + ".namespace",
                    null,
                    "a namespace, or one in the file namespace of sluice.kubernetes.credentials");
        }
        return new KubernetesSource(
                id,
                new KubernetesApi(access, loops(), namespace, service.service()),
                new EndpointSlices(service.scheme(), service.port()),
                new WatchPace(random),
                nanoClock);
    }

    private String apiServer() {
        String host = environment.apply("KUBERNETES_SERVICE_HOST");
        String port = environment.apply("KUBERNETES_SERVICE_PORT");
        if (kubernetes.apiServer() != null || host == null || port == null) {
            return NetworkNames.apiServer(API_SERVER, kubernetes.apiServer());
        }
        String authority = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return NetworkNames.apiServer(API_SERVER, "https://" + authority + ":" + port);
    }

    private synchronized LoopResources loops() {
        LoopResources known = loops;
        if (known == null) {
            known = LoopResources.create("sluice-sources", 1, 1, true);
            loops = known;
        }
        return known;
    }

    /** Whether ids may become known after the start. */
    public boolean isDynamic() {
        return discovery.live();
    }

    /** Whether discovery may ever know this id. Called at start only. */
    public boolean mayKnow(String id) {
        return discovery.mayKnow(id);
    }

    @Override
    public synchronized void close() {
        if (loops != null) {
            loops.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).subscribe();
        }
    }
}
