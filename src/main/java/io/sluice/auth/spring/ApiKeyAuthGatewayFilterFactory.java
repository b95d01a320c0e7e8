package io.sluice.auth.spring;

import io.sluice.auth.AccessRules;
import io.sluice.auth.ApiKeys;
import io.sluice.auth.IdentityHeaders;
import io.sluice.settings.Setting;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;

/**
 * The route filter {@code ApiKeyAuth[=scope,…]}: only requests with a known {@code X-API-Key} that
 * grants every scope listed go on, without the key. Named arguments: {@code scopes}, {@code
 * any-scope}, {@code methods}, {@code on-revocation-failure}.
 */
public final class ApiKeyAuthGatewayFilterFactory
        extends AbstractGatewayFilterFactory<FilterArguments> {

    private static final Set<String> NAMES =
            new LinkedHashSet<>(
                    List.of("scopes", "any-scope", "methods", FilterArguments.REVOCATION));

    private final ApiKeys keys;
    private final IdentityHeaders headers;
    private final RevocationCheck revocations;
    private final boolean passesUnknown;
    private final AuthMetrics metrics;

    /**
     * @param passesUnknown what routes do that do not say, while revocations cannot be asked for
     */
    ApiKeyAuthGatewayFilterFactory(
            ApiKeys keys,
            IdentityHeaders headers,
            RevocationCheck revocations,
            boolean passesUnknown,
            AuthMetrics metrics) {
        super(FilterArguments.class);
        this.keys = keys;
        this.headers = headers;
        this.revocations = revocations;
        this.passesUnknown = passesUnknown;
        this.metrics = metrics;
    }

    /**
     * @throws io.sluice.settings.SettingException for arguments that are not known, or where no key
     *     is configured: such a route could let nobody through
     */
    @Override
    public GatewayFilter apply(FilterArguments arguments) {
        Setting.require(
                !keys.isEmpty(),
                "sluice.auth.api-keys",
                "[]",
                "at least one key, as route " + arguments.getRouteId() + " uses ApiKeyAuth");
        return filter(arguments.rules("ApiKeyAuth", NAMES), arguments.passesUnknown(passesUnknown));
    }

    /** The same for routes written in Java. */
    public GatewayFilter filter(AccessRules rules) {
        return filter(rules, passesUnknown);
    }

    private GatewayFilter filter(AccessRules rules, boolean unknown) {
        RevocationGate gate = new RevocationGate(revocations, unknown, metrics);
        return new ApiKeyAuthFilter(rules, keys, headers, gate, metrics);
    }
}
