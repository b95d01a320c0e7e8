package io.sluice.proxy;

import io.sluice.settings.Setting;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards an upstream's {@code https} instances. Immutable.
 *
 * @param bundle name of the SSL bundle whose trust store proves the instances and whose key store,
 *     if it has one, proves the gateway to them
 * @param serverName the name that is asked for (SNI, RFC 6066 section 3) and that certificates have
 *     to be for; {@code null}: the host of each instance
 */
public record TlsSettings(String bundle, @Nullable String serverName) {

    private static final String HOST_NAME =
            "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
                    + "([.][a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*";

    private static final int LONGEST_NAME = 253;

    /**
     * Checks and takes the settings.
     *
     * @param prefix the path of the settings, such as {@code sluice.upstreams.orders.tls}
     * @return {@code null} where neither is set
     * @throws io.sluice.settings.SettingException for a name that is no host name, or one without a
     *     bundle
     */
    public static @Nullable TlsSettings of(
            String prefix, @Nullable String bundle, @Nullable String serverName) {
        if (bundle == null && serverName == null) {
            return null;
        }
        boolean named = bundle != null && !bundle.isBlank();
        Setting.require(
                named, prefix + ".bundle", bundle, "the name of a bundle under spring.ssl.bundle");
        boolean host =
                serverName == null
                        || (serverName.length() <= LONGEST_NAME && serverName.matches(HOST_NAME));
        Setting.require(
                host, prefix + ".server-name", serverName, "a host name such as orders.internal");
        return new TlsSettings(String.valueOf(bundle), serverName);
    }
}
