package io.sluice.auth.spring;

import io.sluice.auth.AccessRules;
import io.sluice.settings.Setting;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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

    private final TokenCheck check;
    private final RevocationCheck revocations;
    private final boolean passesUnknown;
    private final AuthMetrics metrics;
    private final boolean forwardToken;

    /**
     * @param passesUnknown what routes do that do not say, while revocations cannot be asked for
     */
    JwtAuthGatewayFilterFactory(
            TokenCheck check,
            RevocationCheck revocations,
            boolean passesUnknown,
            AuthMetrics metrics,
            boolean forwardToken) {
        super(FilterArguments.class);
        this.check = check;
        this.revocations = revocations;
        this.passesUnknown = passesUnknown;
        this.metrics = metrics;
        this.forwardToken = forwardToken;
    }

    /**
     * @throws io.sluice.settings.SettingException for arguments that are not known, or where no
     *     issuer is configured: such a route could let nobody through
     */
    @Override
    public GatewayFilter apply(FilterArguments arguments) {
        Setting.require(
                check.hasIssuers(),
                "sluice.auth.issuers",
                "[]",
                "at least one issuer or introspection, as route "
                        + arguments.getRouteId()
                        + " uses JwtAuth");
        return filter(arguments.rules("JwtAuth", NAMES), arguments.passesUnknown(passesUnknown));
    }

    /** The same for routes written in Java. */
    public GatewayFilter filter(AccessRules rules) {
        return filter(rules, passesUnknown);
    }

    private GatewayFilter filter(AccessRules rules, boolean unknown) {
        RevocationGate gate = new RevocationGate(revocations, unknown, metrics);
        return new JwtAuthFilter(rules, check, gate, metrics, forwardToken);
    }
}
