package io.sluice.upstream.spring;

import io.netty.util.NetUtil;
import io.sluice.settings.Setting;
import io.sluice.settings.SettingException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads names and addresses from settings. Stateless; asks nobody. */
final class NetworkNames {

    private static final Pattern HOST =
            Pattern.compile("(?!-)[A-Za-z0-9_-]{1,63}(\\.(?!-)[A-Za-z0-9_-]{1,63})*\\.?");
    private static final int LONGEST_HOST = 253;
    private static final int DNS_PORT = 53;
    private static final String EXPECTED_HOST = "a full host name, such as orders.example.com";
    private static final String EXPECTED_SERVER =
            "an address of a name server, such as 10.0.0.10, 10.0.0.10:5353 or [2001:db8::1]:53";
    private static final String EXPECTED_API =
            "an address such as https://10.0.0.1:6443, or the variables KUBERNETES_SERVICE_HOST and"
                    + " KUBERNETES_SERVICE_PORT of a pod";

    private NetworkNames() {}

    /** A host name; no address, as that would be an instance. */
    static String host(String property, @Nullable String text) {
        String host = Setting.present(property, text, EXPECTED_HOST);
        Setting.require(
                host.length() <= LONGEST_HOST
                        && HOST.matcher(host).matches()
                        && !NetUtil.isValidIpV4Address(host),
                property,
                text,
                EXPECTED_HOST);
        return host;
    }

    /** A name server by its address; by name it could not be found. */
    static InetSocketAddress server(String property, String text) {
        String address = NetUtil.isValidIpV6Address(text) ? "[" + text + "]" : text;
        URI uri = uri(property, "dns://" + address, text, EXPECTED_SERVER);
        InetAddress host =
                uri.getHost() == null
                        ? null
                        : NetUtil.createInetAddressFromIpAddressString(uri.getHost());
        boolean plain = uri.getRawPath().isEmpty() && uri.getPort() <= 65535 && uri.getPort() != 0;
        if (host == null || !plain) {
            throw new SettingException(property, text, EXPECTED_SERVER);
        }
        return new InetSocketAddress(host, uri.getPort() < 0 ? DNS_PORT : uri.getPort());
    }

    /** The API server's address, without a slash at its end. */
    static String apiServer(String property, @Nullable String text) {
        String address = Setting.present(property, text, EXPECTED_API);
        URI uri = uri(property, address, text, EXPECTED_API);
        boolean plain =
                ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                        && uri.getHost() != null
                        && uri.getRawUserInfo() == null
                        && uri.getRawQuery() == null
                        && uri.getRawFragment() == null;
        Setting.require(plain, property, text, EXPECTED_API);
        return address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    }

    private static URI uri(String property, String address, @Nullable String text, String form) {
        try {
            return new URI(address);
        } catch (URISyntaxException e) {
            throw new SettingException(property, text, form);
        }
    }
}
