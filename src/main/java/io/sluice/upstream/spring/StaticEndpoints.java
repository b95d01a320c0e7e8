package io.sluice.upstream.spring;

import io.sluice.settings.Setting;
import io.sluice.settings.SettingException;
import io.sluice.upstream.Endpoint;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads an upstream's instances from its configuration. Stateless. */
public final class StaticEndpoints {

    private static final String EXPECTED_URI =
            "http://host:port or https://host:port, without path, query or user";

    private StaticEndpoints() {}

    /**
     * The endpoints in the order they are written.
     *
     * @throws SettingException for an address that is not one, a negative weight, or the same
     *     address twice
     */
    public static List<Endpoint> of(String prefix, List<UpstreamProperties.Instance> instances) {
        List<Endpoint> endpoints = new ArrayList<>(instances.size());
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < instances.size(); i++) {
            String property = prefix + ".instances[" + i + "]";
            Endpoint endpoint = endpoint(property, instances.get(i));
            Setting.require(
                    ids.add(endpoint.id()),
                    property + ".uri",
                    instances.get(i).uri(),
                    "an address that no other instance of the upstream has");
            endpoints.add(endpoint);
        }
        return List.copyOf(endpoints);
    }

    private static Endpoint endpoint(String property, UpstreamProperties.Instance instance) {
        Setting.atLeast(property + ".weight", instance.weight(), 0);
        URI uri = uri(property + ".uri", instance.uri());
        String host = uri.getHost();
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
        Setting.between(property + ".uri", port, 1, 65535);
        return new Endpoint(
                uri.getScheme(),
                host,
                port,
                instance.weight(),
                instance.zone(),
                instance.metadata());
    }

    private static URI uri(String property, @Nullable String text) {
        Setting.present(property, text, EXPECTED_URI);
        try {
            URI uri = new URI(String.valueOf(text).trim());
            boolean plain =
                    ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                            && uri.getHost() != null
                            && uri.getRawUserInfo() == null
                            && uri.getRawQuery() == null
                            && uri.getRawFragment() == null
                            && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
            Setting.require(plain, property, text, EXPECTED_URI);
            return uri;
        } catch (URISyntaxException e) {
            throw new SettingException(property, text, EXPECTED_URI);
        }
    }
}
