package io.sluice.auth.spring;

import io.sluice.auth.AccessRules;
import io.sluice.settings.Setting;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
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

    private final Supplier<AuthRules> rules;
    private final RevocationCheck revocations;
    private final AuthMetrics metrics;

    /**
     * @param rules those that routes are being built for
     */
    ApiKeyAuthGatewayFilterFactory(
            Supplier<AuthRules> rules, RevocationCheck revocations, AuthMetrics metrics) {
        super(FilterArguments.class);
        this.rules = rules;
        this.revocations = revocations;
        this.metrics = metrics;
    }

    /**
     * @throws io.sluice.settings.SettingException for arguments that are not known, or where no key
     *     is configured: such a route could let nobody through
     */
    @Override
    public GatewayFilter apply(FilterArguments arguments) {
        AuthRules current = rules.get();
        Setting.require(
                !current.keys().isEmpty(),
                "sluice.auth.api-keys",
                "[]",
                "at least one key, as route " + arguments.getRouteId() + " uses ApiKeyAuth");
        return filter(
                current,
                arguments.rules("ApiKeyAuth", NAMES),
                arguments.passesUnknown(current.passesUnknown()));
    }

    /** The same for routes written in Java. */
    public GatewayFilter filter(AccessRules access) {
        AuthRules current = rules.get();
        return filter(current, access, current.passesUnknown());
    }

    private GatewayFilter filter(AuthRules current, AccessRules access, boolean unknown) {
        RevocationGate gate = new RevocationGate(revocations, unknown, metrics);
        return new ApiKeyAuthFilter(access, current.keys(), current.headers(), gate, metrics);
    }
}
