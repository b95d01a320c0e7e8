package io.sluice.ratelimit.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Cluster;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Node;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Sentinel;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;

/**
 * Opens the limiter's connection to where {@code spring.data.redis} points: one server, Sentinel or
 * Cluster.
 *
 * <p>Its options are part of being right. A command is sent at most once: refused while there is no
 * connection, never sent again after one broke, for the request that it was meant for is gone by
 * then. The queue is bounded, so that a server that stands still costs little memory.
 */
public final class RedisLinks {

    /** Where an address names none. */
    private static final int PORT = 6379;

    private static final int QUEUE = 8192;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /**
     * A machine that is gone without a word is noticed after so long, idle or not. Only native
     * sockets have it; others are left to the time limit of decisions, which then asks anew.
     */
    private static final Duration UNACKNOWLEDGED = Duration.ofSeconds(5);

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(2);
    private static final int PROBES = 2;
    private static final Duration RECONNECT_LEAST = Duration.ofMillis(50);
    private static final Duration RECONNECT_MOST = Duration.ofSeconds(2);
    private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(5);
    private static final int THREADS = 2;

    private RedisLinks() {}

    /**
     * A link that is being opened in the background.
     *
     * @param tls whether TLS is spoken although the details name no bundle: with an address that
     *     begins with {@code rediss:}, which they do not tell of
     */
    public static RedisLink open(DataRedisConnectionDetails details, boolean tls) {
        ClientResources resources =
                ClientResources.builder()
                        .eventLoopGroupProvider(new SharedLoops())
                        .computationThreadPoolSize(THREADS)
                        .nettyCustomizer(new FewerFlushes())
                        .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                        .reconnectDelay(
                                Delay.exponential(
                                        RECONNECT_LEAST, RECONNECT_MOST, 2, TimeUnit.MILLISECONDS))
                        .build();
        Cluster cluster = details.getCluster();
        boolean secure = tls || details.getSslBundle() != null;
        return cluster != null
                ? cluster(resources, details, cluster, secure).open()
                : single(resources, details, secure).open();
    }

    private static RedisLink single(
            ClientResources resources, DataRedisConnectionDetails details, boolean tls) {
        RedisURI uri = uri(details, tls);
        RedisClient client = RedisClient.create(resources);
        client.setOptions(options(ClientOptions.builder(), details.getSslBundle()).build());
        return new RedisLink(
                resources,
                client,
                false,
                () ->
                        client.connectAsync(ByteArrayCodec.INSTANCE, uri)
                                .thenApply(c -> new RedisLink.Connected(c, c.async())));
    }

    private static RedisLink cluster(
            ClientResources resources,
            DataRedisConnectionDetails details,
            Cluster cluster,
            boolean tls) {
        List<RedisURI> nodes =
                cluster.getNodes().stream()
                        .map(node -> secured(at(node), details, tls).build())
                        .toList();
        RedisClusterClient client = RedisClusterClient.create(resources, nodes);
        ClusterClientOptions.Builder options = ClusterClientOptions.builder();
        options(options, details.getSslBundle());
        options.topologyRefreshOptions(
                ClusterTopologyRefreshOptions.builder()
                        .enableAllAdaptiveRefreshTriggers()
                        .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                        .build());
        client.setOptions(options.build());
        return new RedisLink(
                resources,
                client,
                true,
                () ->
                        client.refreshPartitionsAsync()
                                .thenCompose(done -> client.connectAsync(ByteArrayCodec.INSTANCE))
                                .thenApply(c -> new RedisLink.Connected(c, c.async())));
    }

    private static RedisURI uri(DataRedisConnectionDetails details, boolean tls) {
        Sentinel sentinel = details.getSentinel();
        if (sentinel != null) {
            return sentinel(details, sentinel, tls);
        }
        Standalone standalone = details.getStandalone();
        if (standalone == null) {
            throw new IllegalArgumentException(
                    "spring.data.redis: rate limits need a single server, Sentinel or Cluster");
        }
        RedisURI.Builder uri =
                RedisURI.builder()
                        .withHost(standalone.getHost())
                        .withPort(standalone.getPort() > 0 ? standalone.getPort() : PORT)
                        .withDatabase(standalone.getDatabase());
        return secured(uri, details, tls).build();
    }

    private static RedisURI sentinel(
            DataRedisConnectionDetails details, Sentinel sentinel, boolean tls) {
        RedisURI.Builder uri =
                RedisURI.builder()
                        .withSentinelMasterId(sentinel.getMaster())
                        .withDatabase(sentinel.getDatabase());
        for (Node node : sentinel.getNodes()) {
            RedisURI.Builder one = at(node);
            authenticate(one, sentinel.getUsername(), sentinel.getPassword());
            uri.withSentinel(one.withSsl(tls).withTimeout(CONNECT_TIMEOUT).build());
        }
        return secured(uri, details, tls).build();
    }

    private static RedisURI.Builder at(Node node) {
        return RedisURI.builder().withHost(node.host()).withPort(node.port());
    }

    private static RedisURI.Builder secured(
            RedisURI.Builder uri, DataRedisConnectionDetails details, boolean tls) {
        authenticate(uri, details.getUsername(), details.getPassword());
        return uri.withSsl(tls).withTimeout(CONNECT_TIMEOUT);
    }

    private static void authenticate(
            RedisURI.Builder uri, @Nullable String username, @Nullable String password) {
        if (password == null) {
            return;
        }
        if (username == null || username.isEmpty()) {
            uri.withPassword(password.toCharArray());
        } else {
            uri.withAuthentication(username, password.toCharArray());
        }
    }

    private static ClientOptions.Builder options(
            ClientOptions.Builder options, @Nullable SslBundle bundle) {
        options.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(command -> true)
                .requestQueueSize(QUEUE)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .socketOptions(
                        SocketOptions.builder()
                                .connectTimeout(CONNECT_TIMEOUT)
                                .keepAlive(
                                        SocketOptions.KeepAliveOptions.builder()
                                                .enable()
                                                .idle(KEEP_ALIVE)
                                                .interval(KEEP_ALIVE)
                                                .count(PROBES)
                                                .build())
                                .tcpUserTimeout(
                                        SocketOptions.TcpUserTimeoutOptions.builder()
                                                .enable(SharedLoops.nativeSockets())
                                                .tcpUserTimeout(UNACKNOWLEDGED)
                                                .build())
                                .build());
        return bundle == null ? options : options.sslOptions(ssl(bundle));
    }

    private static SslOptions ssl(SslBundle bundle) {
        SslManagerBundle managers = bundle.getManagers();
        SslOptions.Builder ssl =
                SslOptions.builder()
                        .keyManager(managers.getKeyManagerFactory())
                        .trustManager(managers.getTrustManagerFactory());
        String[] ciphers = bundle.getOptions().getCiphers();
        if (ciphers != null) {
            ssl.cipherSuites(ciphers);
        }
        String[] protocols = bundle.getOptions().getEnabledProtocols();
        if (protocols != null) {
            ssl.protocols(protocols);
        }
        return ssl.build();
    }
}
