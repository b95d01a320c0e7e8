package io.sluice.proxy.spring;

import io.sluice.proxy.TlsSettings;
import io.sluice.settings.SettingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.config.HttpClientSslConfigurer;
import reactor.netty.http.client.HttpClient;

/**
 * Keys and trust for upstreams that have none of their own: Spring Cloud Gateway's {@code
 * httpclient.ssl}. What it takes in silence for "none" is refused: a bundle or key store that is
 * not there or cannot be read. A bundle that changes is taken up.
 */
public final class SharedTls extends HttpClientSslConfigurer {

    private static final String PREFIX = "spring.cloud.gateway.server.webflux.httpclient.ssl.";

    private static final Logger LOG = LoggerFactory.getLogger(SharedTls.class);

    private final HttpClientProperties.Ssl ssl;
    private final UpstreamTls tls;

    /**
     * @param server its HTTP/2 setting says whether certificates given one by one are offered with
     *     HTTP/2
     */
    public SharedTls(
            HttpClientProperties.Ssl ssl,
            ServerProperties server,
            SslBundles bundles,
            UpstreamTls tls) {
        super(ssl, server, bundles);
        this.ssl = ssl;
        this.tls = tls;
    }

    /**
     * @throws SettingException for what is not there or cannot be read
     */
    @Override
    public HttpClient configureSsl(HttpClient client) {
        if (ssl.isUseInsecureTrustManager()) {
            LOG.warn(
                    "{}use-insecure-trust-manager is true: the certificates of https upstreams"
                            + " without a tls.bundle of their own are not checked",
                    PREFIX);
        }
        readable("key-store", ssl.getKeyStore(), this::getKeyManagerFactory);
        readable(
                "trusted-x509-certificates",
                ssl.getTrustedX509Certificates(),
                this::getTrustedX509CertificatesForTrustManager);
        String bundle = ssl.getSslBundle();
        if (bundle == null || bundle.isEmpty()) {
            return super.configureSsl(client);
        }
        TlsSettings settings = new TlsSettings(bundle, null);
        tls.check(PREFIX + "ssl-bundle", settings);
        boolean trustsOthers =
                ssl.isUseInsecureTrustManager() || !ssl.getTrustedX509Certificates().isEmpty();
        return trustsOthers ? super.configureSsl(client) : tls.secure(client, settings);
    }

    private static void readable(String name, Object value, Runnable reader) {
        try {
            reader.run();
        } catch (RuntimeException broken) {
            throw new SettingException(
                    PREFIX + name, value, "what can be read: " + UpstreamTls.rootOf(broken));
        }
    }
}
