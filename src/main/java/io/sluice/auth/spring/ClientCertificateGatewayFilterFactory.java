package io.sluice.auth.spring;

import io.sluice.auth.CertificateRules;
import io.sluice.settings.Setting;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.Ssl;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.cloud.gateway.support.NameUtils;

/**
 * The route filter {@code ClientCertificate[=name,…]}: only requests go on whose client has shown a
 * certificate in the TLS handshake, with one of these as a subject alternative name where any is
 * listed. Named arguments: {@code names}, {@code optional}. Who issued it is the server's trust
 * store's to judge.
 */
public final class ClientCertificateGatewayFilterFactory
        extends AbstractGatewayFilterFactory<FilterArguments> {

    private static final String NAME = "ClientCertificate";

    private final @Nullable Ssl server;
    private final AuthMetrics metrics;

    /**
     * @param server {@code server.ssl}, if there is any
     */
    ClientCertificateGatewayFilterFactory(@Nullable Ssl server, AuthMetrics metrics) {
        super(FilterArguments.class);
        this.server = server;
        this.metrics = metrics;
    }

    /**
     * @throws io.sluice.settings.SettingException for arguments that are not known, or where the
     *     server asks no client for a certificate: such a route could let nobody through
     */
    @Override
    public GatewayFilter apply(FilterArguments arguments) {
        Ssl.ClientAuth asked = server == null ? null : server.getClientAuth();
        Setting.require(
                Ssl.isEnabled(server)
                        && (asked == Ssl.ClientAuth.WANT || asked == Ssl.ClientAuth.NEED),
                "server.ssl.client-auth",
                asked,
                "want or need, as route " + arguments.getRouteId() + " uses " + NAME);
        return filter(rules(arguments));
    }

    /** The same for routes written in Java. */
    public GatewayFilter filter(CertificateRules rules) {
        return new ClientCertificateFilter(rules, metrics);
    }

    private static CertificateRules rules(FilterArguments arguments) {
        Set<String> names = new LinkedHashSet<>();
        boolean optional = false;
        for (Map.Entry<String, String> argument : new TreeMap<>(arguments).entrySet()) {
            String key = argument.getKey();
            String path = arguments.property(NAME, key);
            String value = argument.getValue() == null ? "" : argument.getValue().strip();
            boolean positional = key.startsWith(NameUtils.GENERATED_NAME_PREFIX);
            switch (positional ? "names" : RequirementArguments.name(key)) {
                case "names" -> {
                    for (String name : value.split(",", -1)) {
                        names.add(Setting.present(path, name.strip(), "a name, or leave it out"));
                    }
                }
                case "optional" -> optional = FilterArguments.flag(path, key, value);
                default -> Setting.require(false, path, value, "one of names, optional");
            }
        }
        return new CertificateRules(names, optional);
    }
}
