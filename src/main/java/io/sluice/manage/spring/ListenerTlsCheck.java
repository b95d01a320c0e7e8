package io.sluice.manage.spring;

import io.sluice.settings.SettingException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.ConfigurableWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.WebServerSslBundle;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Refuses certificates of either port that are not there or cannot be read, before a listener is
 * made of them. It runs as a customizer because nothing else does so early.
 */
final class ListenerTlsCheck
        implements WebServerFactoryCustomizer<ConfigurableWebServerFactory>, Ordered {

    private final Environment environment;
    private final SslBundles bundles;

    ListenerTlsCheck(Environment environment, SslBundles bundles) {
        this.environment = environment;
        this.bundles = bundles;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void customize(ConfigurableWebServerFactory factory) {
        for (String prefix : List.of("server.ssl", "management.server.ssl")) {
            Binder.get(environment)
                    .bind(prefix, Ssl.class)
                    .ifBound(
                            ssl -> {
                                if (ssl.isEnabled()) {
                                    check(prefix + ".", ssl);
                                }
                            });
        }
    }

    private void check(String prefix, Ssl ssl) {
        if (ssl.getBundle() != null) {
            named(prefix + "bundle", ssl.getBundle());
        } else if (ssl.getKeyStore() != null || ssl.getCertificate() != null) {
            boolean pem = ssl.getCertificate() != null;
            readable(
                    prefix + (pem ? "certificate" : "key-store"),
                    pem ? ssl.getCertificate() : ssl.getKeyStore(),
                    () -> WebServerSslBundle.get(ssl, bundles));
        }
        for (int i = 0; i < ssl.getServerNameBundles().size(); i++) {
            String bundle = ssl.getServerNameBundles().get(i).bundle();
            named(prefix + "server-name-bundles[" + i + "].bundle", bundle);
        }
    }

    private void named(String property, String bundle) {
        if (!bundles.getBundleNames().contains(bundle)) {
            throw new SettingException(
                    property,
                    bundle,
                    "the name of a bundle under spring.ssl.bundle; there are: "
                            + String.join(", ", bundles.getBundleNames()));
        }
        readable(property, bundle, () -> bundles.getBundle(bundle));
    }

    private static void readable(
            String property, @Nullable Object value, Supplier<SslBundle> reader) {
        boolean keys;
        try {
            SslBundle bundle = reader.get();
            bundle.getManagers().getTrustManagers();
            keys =
                    bundle.getManagers().getKeyManagers().length > 0
                            && bundle.getStores().getKeyStore() != null;
        } catch (RuntimeException broken) {
            String reason = NestedExceptionUtils.getMostSpecificCause(broken).getMessage();
            throw new SettingException(
                    property, value, "certificates and keys that can be read: " + reason);
        }
        if (!keys) {
            throw new SettingException(property, value, "a certificate with its private key");
        }
    }
}
