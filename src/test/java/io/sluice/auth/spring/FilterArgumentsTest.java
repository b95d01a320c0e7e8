package io.sluice.auth.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.auth.AccessRules;
import io.sluice.auth.ApiKeys;
import io.sluice.auth.IdentityHeaders;
import io.sluice.auth.TokenVerifier;
import io.sluice.auth.VerifiedTokens;
import io.sluice.settings.SettingException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.format.support.DefaultFormattingConversionService;
import reactor.core.scheduler.Schedulers;

/** Arguments as Spring Cloud Gateway itself reads and hands them over. */
class FilterArgumentsTest {

    private static final Set<String> ALL =
            Set.of(
                    "scopes",
                    "any-scope",
                    "roles",
                    "any-role",
                    "claims",
                    "audiences",
                    "methods",
                    "optional",
                    "on-revocation-failure");

    private static AccessRules rules(FilterDefinition definition) {
        return arguments(definition).rules("JwtAuth", ALL);
    }

    private static FilterArguments arguments(FilterDefinition definition) {
        InstantSource clock = InstantSource.system();
        IdentityHeaders headers = new IdentityHeaders(Map.of());
        TokenCheck check =
                new TokenCheck(
                        new TokenVerifier(List.of(), headers, clock),
                        new VerifiedTokens(new CaffeineTokens(1), clock),
                        Map.of(),
                        null,
                        Schedulers.immediate());
        JwtAuthGatewayFilterFactory factory =
                new JwtAuthGatewayFilterFactory(
                        () ->
                                new AuthRules(
                                        new IdentityHeaders(Map.of()),
                                        check,
                                        new ApiKeys(List.of(), clock),
                                        false,
                                        true),
                        RevocationCheck.off(),
                        new AuthMetrics(null));
        ConfigurationService service =
                new ConfigurationService(
                        new DefaultListableBeanFactory(),
                        DefaultFormattingConversionService::new,
                        () -> null);
        FilterArguments arguments =
                service.with(factory)
                        .name(definition.getName())
                        .properties(definition.getArgs())
                        .bind();
        arguments.setRouteId("r");
        return arguments;
    }

    /** As a route's {@code filters[0].args} in application.yml, flattened. */
    private static FilterDefinition named(String... keysAndValues) {
        Map<String, Object> source = new LinkedHashMap<>();
        source.put("f.name", "JwtAuth");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            source.put("f.args." + keysAndValues[i], keysAndValues[i + 1]);
        }
        return new Binder(new MapConfigurationPropertySource(source))
                .bind("f", Bindable.of(FilterDefinition.class))
                .get();
    }

    @Test
    void shortcut_noArgument_anyVerifiedTokenPasses() {
        assertThat(rules(new FilterDefinition("JwtAuth"))).isEqualTo(AccessRules.AUTHENTICATED);
    }

    @Test
    void shortcut_fortyScopes_allAreAskedInOrder() {
        List<String> scopes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            scopes.add("scope." + i);
        }
        AccessRules rules = rules(new FilterDefinition("JwtAuth=" + String.join(",", scopes)));
        assertThat(rules.always().scopes()).containsExactlyElementsOf(scopes);
        assertThat(rules.optional()).isFalse();
    }

    @Test
    void named_everyArgument_isRead() {
        AccessRules rules =
                rules(
                        named(
                                "scopes[0]", "a.read",
                                "scopes[1]", "b.read",
                                "any-scope[0]", "c",
                                "any-scope[1]", "d",
                                "claims.tenant_id", "acme",
                                "claims.realm_access.roles", "admin",
                                "optional", "true"));
        assertThat(rules.always().scopes()).containsExactly("a.read", "b.read");
        assertThat(rules.always().anyScope()).containsExactly("c", "d");
        assertThat(rules.always().claims())
                .containsOnly(
                        Map.entry("tenant_id", Set.of("acme")),
                        Map.entry("realm_access.roles", Set.of("admin")));
        assertThat(rules.optional()).isTrue();
    }

    @Test
    void claims_listOfNamesAndValues_isRead() {
        AccessRules rules =
                rules(named("claims[0]", "https://x.example/plan=gold", "claims[1]", "a=b=c"));
        assertThat(rules.always().claims())
                .containsOnly(
                        Map.entry("https://x.example/plan", Set.of("gold")),
                        Map.entry("a", Set.of("b=c")));
    }

    @Test
    void named_commaSeparatedAndOtherSpelling_isRead() {
        AccessRules rules = rules(named("scopes", "a, b", "anyScope", "c,d"));
        assertThat(rules.always().scopes()).containsExactly("a", "b");
        assertThat(rules.always().anyScope()).containsExactly("c", "d");
    }

    @Test
    void named_rolesAudiencesAndValues_areRead() {
        AccessRules rules =
                rules(
                        named(
                                "roles", "user, editor",
                                "any-role[0]", "admin",
                                "any-role[1]", "two words",
                                "audiences", "orders-api",
                                "claims.tenant_id[0]", "acme",
                                "claims.tenant_id[1]", "globex"));
        assertThat(rules.always().roles()).containsExactly("user", "editor");
        assertThat(rules.always().anyRole()).containsExactly("admin", "two words");
        assertThat(rules.always().audiences()).containsExactly("orders-api");
        assertThat(rules.always().claims())
                .containsOnly(Map.entry("tenant_id", Set.of("acme", "globex")));
    }

    @Test
    void methods_eachHasItsOwnRules() {
        AccessRules rules =
                rules(
                        named(
                                "scopes", "a",
                                "methods.POST.scopes[0]", "w",
                                "methods.POST.claims.tenant", "acme",
                                "methods.delete.anyRole", "admin,owner"));
        assertThat(rules.always().scopes()).containsExactly("a");
        assertThat(rules.byMethod()).containsOnlyKeys("POST", "DELETE");
        assertThat(rules.byMethod().get("POST").scopes()).containsExactly("w");
        assertThat(rules.byMethod().get("POST").claims()).containsEntry("tenant", Set.of("acme"));
        assertThat(rules.byMethod().get("DELETE").anyRole()).containsExactly("admin", "owner");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "methods",
                "methods.POST",
                "methods.TRACE.scopes",
                "methods.POST.scope",
                "methods.POST.optional",
                "methods.POST.methods.GET.scopes",
                "methods[0]",
                "scope",
                "claim.tenant",
                "any-scopes",
                "allow",
                "claims",
                "optional.x",
                "optional[0]"
            })
    void named_unknownName_isRefused(String name) {
        assertThatThrownBy(() -> rules(named(name, "x")))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("routes.r.JwtAuth." + name.replace("[0]", ".0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\"b", "a,,b", "a b", "a\\b", "ä"})
    void scopes_notAScope_isRefused(String value) {
        assertThatThrownBy(() -> rules(named("scopes", value)))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("a scope");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "", "TRUE", "1"})
    void optional_notABoolean_isRefused(String value) {
        assertThatThrownBy(() -> rules(named("optional", value)))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("true or false");
    }

    @Test
    void onRevocationFailure_ownValueOrTheDefault() {
        FilterArguments open = arguments(named("on-revocation-failure", "open"));
        FilterArguments closed = arguments(named("onRevocationFailure", "closed"));
        FilterArguments silent = arguments(named("scopes", "a"));
        assertThat(open.passesUnknown(false)).isTrue();
        assertThat(closed.passesUnknown(true)).isFalse();
        assertThat(silent.passesUnknown(true)).isTrue();
        assertThat(silent.passesUnknown(false)).isFalse();
        for (String bad : List.of("", "Open", "true", "fail")) {
            assertThatThrownBy(() -> rules(named("on-revocation-failure", bad)))
                    .isInstanceOf(SettingException.class)
                    .hasMessageContaining("closed or open");
        }
    }

    @Test
    void jwtAuth_noIssuer_isRefused() {
        InstantSource clock = InstantSource.system();
        TokenCheck check =
                new TokenCheck(
                        new TokenVerifier(List.of(), new IdentityHeaders(Map.of()), clock),
                        new VerifiedTokens(new CaffeineTokens(1), clock),
                        Map.of(),
                        null,
                        Schedulers.immediate());
        JwtAuthGatewayFilterFactory factory =
                new JwtAuthGatewayFilterFactory(
                        () ->
                                new AuthRules(
                                        new IdentityHeaders(Map.of()),
                                        check,
                                        new ApiKeys(List.of(), clock),
                                        false,
                                        true),
                        RevocationCheck.off(),
                        new AuthMetrics(null));
        assertThatThrownBy(() -> factory.apply(new FilterArguments()))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("sluice.auth.issuers");
    }
}
