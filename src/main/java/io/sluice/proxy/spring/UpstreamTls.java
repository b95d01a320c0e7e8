package io.sluice.proxy.spring;

import io.netty.handler.ssl.SslContext;
import io.sluice.proxy.TlsSettings;
import io.sluice.settings.SettingException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.AbstractProtocolSslContextSpec;

/**
 * TLS towards upstreams by SSL bundle. A bundle that changes counts for the next connection; one
 * that cannot be used is logged, and the one before it goes on. Thread-safe.
 */
public final class UpstreamTls {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamTls.class);

    private record Use(TlsSettings settings, boolean http2) {}

    private final SslBundles bundles;
    private final HttpClientProperties.Ssl limits;
    private final Map<Use, ReloadingSslContext> contexts = new ConcurrentHashMap<>();

    /**
     * @param limits time limits of handshakes and closing; nothing else is read
     */
    public UpstreamTls(SslBundles bundles, HttpClientProperties.Ssl limits) {
        this.bundles = bundles;
        this.limits = limits;
    }

    /**
     * Sees at start whether the settings can work.
     *
     * @param property the setting that names the bundle
     * @throws SettingException for a bundle that is not there or whose stores cannot be read
     */
    public void check(String property, TlsSettings settings) {
        try {
            context(new Use(settings, false));
        } catch (NoSuchSslBundleException unknown) {
            throw new SettingException(
                    property,
                    settings.bundle(),
                    "the name of a bundle under spring.ssl.bundle; there are: "
                            + String.join(", ", bundles.getBundleNames()));
        } catch (RuntimeException broken) {
            throw new SettingException(
                    property,
                    settings.bundle(),
                    "a bundle whose stores can be read: " + rootOf(broken));
        }
    }

    /** The client with these keys and this trust; instances must prove their host's name. */
    public HttpClient secure(HttpClient client, TlsSettings settings) {
        boolean http2 = Arrays.asList(client.configuration().protocols()).contains(HttpProtocol.H2);
        SslContext context = context(new Use(settings, http2));
        return client.secure(
                spec ->
                        spec.sslContext(context)
                                .handshakeTimeout(limits.getHandshakeTimeout())
                                .closeNotifyFlushTimeout(limits.getCloseNotifyFlushTimeout())
                                .closeNotifyReadTimeout(limits.getCloseNotifyReadTimeout())
                                .handlerConfigurator(
                                        handler -> {
                                            SSLParameters parameters =
                                                    handler.engine().getSSLParameters();
                                            parameters.setEndpointIdentificationAlgorithm("HTTPS");
                                            handler.engine().setSSLParameters(parameters);
                                        }));
    }

    private SslContext context(Use use) {
        return contexts.computeIfAbsent(use, this::first);
    }

    private ReloadingSslContext first(Use use) {
        String name = use.settings().bundle();
        ReloadingSslContext context =
                new ReloadingSslContext(
                        build(bundles.getBundle(name), use.http2()), use.settings().serverName());
        bundles.addBundleUpdateHandler(
                name, changed -> exchange(context, name, changed, use.http2()));
        return context;
    }

    private static void exchange(
            ReloadingSslContext context, String name, SslBundle changed, boolean http2) {
        try {
            context.exchange(build(changed, http2));
            LOG.info("SSL bundle {}: new connections to upstreams use its new keys", name);
        } catch (RuntimeException broken) {
            LOG.warn("SSL bundle {} is not taken, the former goes on: {}", name, rootOf(broken));
        }
    }

    private static SslContext build(SslBundle bundle, boolean http2) {
        AbstractProtocolSslContextSpec<?> spec =
                http2 ? Http2SslContextSpec.forClient() : Http11SslContextSpec.forClient();
        SslOptions options = bundle.getOptions();
        spec.configure(
                builder -> {
                    builder.keyManager(bundle.getManagers().getKeyManagerFactory())
                            .trustManager(bundle.getManagers().getTrustManagerFactory());
                    if (options.getCiphers() != null) {
                        builder.ciphers(Arrays.asList(options.getCiphers()));
                    }
                    if (options.getEnabledProtocols() != null) {
                        builder.protocols(options.getEnabledProtocols());
                    }
                });
        try {
            return spec.sslContext();
        } catch (SSLException broken) {
            throw new IllegalStateException(broken);
        }
    }

    static String rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
