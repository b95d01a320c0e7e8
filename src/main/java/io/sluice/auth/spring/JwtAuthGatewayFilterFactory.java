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
 * The route filter {@code JwtAuth[=scope,…]}: only requests with a verified token that grants every
 * scope listed go on. Named arguments: {@code scopes}, {@code any-scope}, {@code roles}, {@code
 * any-role}, {@code claims} (claim to required value or values), {@code audiences}, {@code methods}
 * (any of these, for one HTTP method), {@code optional} and {@code on-revocation-failure}.
 */
public final class JwtAuthGatewayFilterFactory
        extends AbstractGatewayFilterFactory<FilterArguments> {

    private static final Set<String> NAMES =
            new LinkedHashSet<>(
                    List.of(
                            "scopes",
                            "any-scope",
                            "roles",
                            "any-role",
                            "claims",
                            "audiences",
                            "methods",
                            "optional",
                            FilterArguments.REVOCATION));

    private final Supplier<AuthRules> rules;
    private final RevocationCheck revocations;
    private final AuthMetrics metrics;

    /**
     * @param rules those that routes are being built for
     */
    JwtAuthGatewayFilterFactory(
            Supplier<AuthRules> rules, RevocationCheck revocations, AuthMetrics metrics) {
        super(FilterArguments.class);
        this.rules = rules;
        this.revocations = revocations;
        this.metrics = metrics;
    }

    /**
     * @throws io.sluice.settings.SettingException for arguments that are not known, or where no
     *     issuer is configured: such a route could let nobody through
     */
    @Override
    public GatewayFilter apply(FilterArguments arguments) {
        AuthRules current = rules.get();
        Setting.require(
                current.check().hasIssuers(),
                "sluice.auth.issuers",
                "[]",
                "at least one issuer or introspection, as route "
                        + arguments.getRouteId()
                        + " uses JwtAuth");
        return filter(
                current,
                arguments.rules("JwtAuth", NAMES),
                arguments.passesUnknown(current.passesUnknown()));
    }

    /** The same for routes written in Java. */
    public GatewayFilter filter(AccessRules access) {
        AuthRules current = rules.get();
        return filter(current, access, current.passesUnknown());
    }

    private GatewayFilter filter(AuthRules current, AccessRules access, boolean unknown) {
        RevocationGate gate = new RevocationGate(revocations, unknown, metrics);
        return new JwtAuthFilter(access, current.check(), gate, metrics, current.forwardToken());
    }
}
