package io.sluice.auth.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.auth.Algorithm;
import io.sluice.auth.IntrospectionRules;
import io.sluice.auth.IssuerRules;
import io.sluice.auth.TokenMint;
import io.sluice.settings.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.io.DefaultResourceLoader;

/** Defaults, the whole mapping, and each refusal of {@code sluice.auth}. */
class AuthSettingsTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String HASH = "A".repeat(64);

    @TempDir Path directory;

    private static AuthProperties bind(String... keysAndValues) {
        Map<String, Object> source = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            source.put("sluice.auth." + keysAndValues[i], keysAndValues[i + 1]);
        }
        return new Binder(
                        List.of(new MapConfigurationPropertySource(source)),
                        null,
                        ApplicationConversionService.getSharedInstance())
                .bindOrCreate("sluice.auth", AuthProperties.class);
    }

    private static Map<String, IssuerKeys> keys(AuthProperties properties) {
        List<IssuerRules> rules = AuthSettings.issuers(properties);
        return new IssuerKeySources(
                        new DefaultResourceLoader(),
                        System::nanoTime,
                        new SplittableRandom(1),
                        issuer -> new KeyMeters(null, issuer))
                .of(properties, rules);
    }

    private static AuthProperties issuer(String... keysAndValues) {
        String[] all = new String[keysAndValues.length + 2];
        all[0] = "issuers[0].issuer";
        all[1] = "me";
        for (int i = 0; i < keysAndValues.length; i += 2) {
            all[i + 2] = "issuers[0]." + keysAndValues[i];
            all[i + 3] = keysAndValues[i + 1];
        }
        return bind(all);
    }

    private String file(String text) throws IOException {
        return "file:" + Files.writeString(directory.resolve("keys"), text);
    }

    private static void refused(AuthProperties properties, String... parts) {
        assertThatThrownBy(() -> keys(properties))
                .isInstanceOf(SettingException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void defaults() {
        AuthProperties properties = bind();
        assertThat(properties.forwardToken()).isTrue();
        assertThat(properties.tokenCacheSize()).isEqualTo(10_000);
        assertThat(properties.issuers()).isEmpty();
        assertThat(AuthSettings.identityHeaders(properties).isEmpty()).isTrue();
        assertThat(AuthSettings.apiKeys(properties, InstantSource.system()).isEmpty()).isTrue();
    }

    @Test
    void issuer_everything_isMapped() {
        AuthProperties properties =
                issuer(
                        "jwk-set-uri", "https://id.example.com/jwks.json",
                        "audiences", "a,b",
                        "algorithms", "RS256,ES384",
                        "clock-skew", "5s",
                        "types", "at+JWT,absent",
                        "max-lifetime", "1h",
                        "required-claims", "jti",
                        "roles-claim", "realm_access.roles");
        assertThat(AuthSettings.issuers(properties))
                .containsExactly(
                        new IssuerRules(
                                "me",
                                Set.of(Algorithm.RS256, Algorithm.ES384),
                                Set.of("a", "b"),
                                Duration.ofSeconds(5),
                                Set.of("at+jwt", IssuerRules.NO_TYPE),
                                Duration.ofHours(1),
                                Set.of("jti"),
                                "realm_access.roles"));
        assertThat(keys(properties).get("me")).isInstanceOf(FetchedKeys.class);
    }

    @Test
    void issuer_defaults() {
        IssuerRules rules = AuthSettings.issuers(issuer("jwk-set-uri", "http://x/")).get(0);
        assertThat(rules.algorithms()).isEqualTo(Algorithm.ASYMMETRIC_DEFAULT);
        assertThat(rules)
                .isEqualTo(
                        new IssuerRules(
                                "me",
                                Algorithm.ASYMMETRIC_DEFAULT,
                                Set.of(),
                                Duration.ofSeconds(30)));
        assertThat(AuthSettings.issuers(issuer("secret", SECRET)).get(0).algorithms())
                .containsExactly(Algorithm.HS256);
    }

    @Test
    void issuer_unusableRules_areRefused() {
        String[][] bad = {
            {"types", "at jwt"},
            {"types", "application/jwt"},
            {"max-lifetime", "0s"},
            {"max-lifetime", "-1s"},
            {"required-claims", ","},
            {"roles-claim", " "},
            {"audiences", ","}
        };
        for (String[] setting : bad) {
            AuthProperties properties = issuer("secret", SECRET, setting[0], setting[1]);
            assertThatThrownBy(() -> AuthSettings.issuers(properties))
                    .as(setting[0])
                    .isInstanceOf(SettingException.class)
                    .hasMessageContaining("sluice.auth.issuers[0]." + setting[0]);
        }
    }

    @Test
    void keys_pemAndJwkFile_areRead() throws IOException {
        TokenMint mint = TokenMint.ec("ES256", "one");
        for (String text : List.of(mint.pem(), TokenMint.jwkSet(mint))) {
            IssuerKeys keys = keys(issuer("public-key-location", file(text))).get("me");
            assertThat(keys.now(Algorithm.ES256, "one")).isNotNull();
        }
    }

    @Test
    void keys_notExactlyOneSource_isRefused() {
        refused(issuer(), "issuers[0]", "0 sources", "exactly one");
        refused(issuer("secret", SECRET, "jwk-set-uri", "http://x/"), "2 sources");
    }

    @Test
    void secret_tooShort_isRefusedWithoutShowingIt() {
        assertThatThrownBy(() -> keys(issuer("secret", "hunter2hunter")))
                .hasMessageContaining("sluice.auth.issuers[0].secret: 13 bytes")
                .hasMessageContaining(">= 32 bytes")
                .hasMessageNotContaining("hunter");
        refused(issuer("secret", SECRET, "algorithms", "HS512"), ">= 64 bytes");
    }

    @Test
    void properties_toString_hidesSecrets() {
        assertThat(issuer("secret", SECRET).toString()).doesNotContain(SECRET);
        assertThat(bind("api-keys[0].id", "a", "api-keys[0].sha256", HASH).toString())
                .doesNotContain(HASH);
    }

    @Test
    void file_unusable_isRefused() throws IOException {
        refused(issuer("public-key-location", "file:/none/such"), "file:/none/such", "readable");
        refused(issuer("public-key-location", "classpath:none"), "readable");
        refused(issuer("public-key-location", "http://x/"), "begins with file:");
        refused(issuer("public-key-location", file("hello")), "PEM");
        refused(issuer("public-key-location", file("{}")), "JWK set");
        String weak = TokenMint.rsa("RS256", null, 1024).pem();
        refused(issuer("public-key-location", file(weak)), "2048");
        String ec = TokenMint.ec("ES256", null).pem();
        refused(
                issuer("public-key-location", file(ec), "algorithms", "RS256"),
                "one of the algorithms [RS256]");
    }

    @Test
    void uri_notAnAddress_isRefused() {
        for (String uri :
                List.of("ftp://x/", "/jwks", "http://", "https://u:p@x/", "http://[", "")) {
            refused(issuer("jwk-set-uri", uri), "jwk-set-uri", "http or https");
        }
    }

    @Test
    void algorithms_notUsable_areRefused() {
        for (String name : List.of("none", "rs256", "HS256", "RSA-OAEP")) {
            refused(issuer("jwk-set-uri", "http://x/", "algorithms", name), "algorithms: " + name);
        }
        refused(issuer("secret", SECRET, "algorithms", "RS256"), "with a secret: HS256");
    }

    @Test
    void issuer_contradictions_areRefused() {
        refused(bind("issuers[0].secret", SECRET), "issuers[0].issuer");
        refused(
                bind(
                        "issuers[0].issuer",
                        "a",
                        "issuers[0].secret",
                        SECRET,
                        "issuers[1].issuer",
                        "a",
                        "issuers[1].secret",
                        SECRET),
                "issuers[1].issuer: a",
                "each issuer once");
        refused(issuer("secret", SECRET, "clock-skew", "-1s"), "clock-skew");
        refused(issuer("secret", SECRET, "clock-skew", "11m"), "at most 10m");
        refused(issuer("secret", SECRET, "audiences[0]", " "), "audiences");
    }

    @Test
    void identityHeaders_notUsable_areRefused() {
        assertThatThrownBy(() -> AuthSettings.identityHeaders(bind("identity-headers.sub", "Host")))
                .hasMessageContaining("sluice.auth.identity-headers.sub: Host");
        assertThatThrownBy(
                        () ->
                                AuthSettings.identityHeaders(
                                        bind(
                                                "identity-headers.a", "X-U",
                                                "identity-headers.b", "x_u")))
                .hasMessageContaining("each header named once");
    }

    @Test
    void identityHeaders_claimNames_areKept() {
        AuthProperties properties =
                bind(
                        "identity-headers.tenant_id", "X-T",
                        "identity-headers.realm_access.roles", "X-R",
                        "identity-headers[https://x.example/plan]", "X-P");
        assertThat(properties.identityHeaders())
                .containsOnlyKeys("tenant_id", "realm_access.roles", "https://x.example/plan");
    }

    @Test
    void apiKeys_mapped() {
        AuthProperties properties =
                bind(
                        "api-keys[0].id", "shop",
                        "api-keys[0].sha256", HASH,
                        "api-keys[0].scopes", "a,b",
                        "api-keys[0].expires", "2027-01-31T00:00:00Z");
        AuthProperties.Key key = properties.apiKeys().get(0);
        assertThat(key.scopes()).containsExactly("a", "b");
        assertThat(key.expires()).isEqualTo(Instant.parse("2027-01-31T00:00:00Z"));
        assertThat(AuthSettings.apiKeys(properties, InstantSource.system()).isEmpty()).isFalse();
    }

    private static AuthProperties introspection(String... keysAndValues) {
        String[] all = new String[keysAndValues.length + 6];
        System.arraycopy(
                new String[] {
                    "introspection.uri", "https://id/introspect",
                    "introspection.client-id", "gateway",
                    "introspection.client-secret", "hunter2"
                },
                0,
                all,
                0,
                6);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            all[i + 6] = "introspection." + keysAndValues[i];
            all[i + 7] = keysAndValues[i + 1];
        }
        return bind(all);
    }

    @Test
    void introspection_everything_isMapped() {
        assertThat(bind().introspection()).isNull();
        AuthProperties defaults = introspection();
        assertThat(AuthSettings.introspection(defaults.introspection()))
                .isEqualTo(
                        new IntrospectionRules(
                                null, Set.of(), Duration.ofSeconds(30), Set.of(), "roles"));
        assertThat(defaults.introspection().cacheTime()).isEqualTo(Duration.ofSeconds(30));
        assertThat(defaults.introspection().timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(defaults.toString()).doesNotContain("hunter2");
        assertThat(
                        AuthSettings.introspection(
                                introspection(
                                                "issuer", "https://id/",
                                                "audiences", "a,b",
                                                "required-claims", "client_id",
                                                "roles-claim", "realm.roles",
                                                "clock-skew", "0s",
                                                "cache-time", "0s")
                                        .introspection()))
                .isEqualTo(
                        new IntrospectionRules(
                                "https://id/",
                                Set.of("a", "b"),
                                Duration.ZERO,
                                Set.of("client_id"),
                                "realm.roles"));
    }

    @Test
    void introspection_notUsable_isRefusedWithoutShowingSecrets() {
        String[][] bad = {
            {"uri", ""},
            {"uri", "ftp://id/"},
            {"uri", "http://user:hunter2@id/"},
            {"client-id", " "},
            {"client-secret", ""},
            {"cache-time", "6m"},
            {"cache-time", "-1s"},
            {"timeout", "0s"},
            {"timeout", "11s"},
            {"clock-skew", "11m"},
            {"roles-claim", ""},
            {"audiences", ","}
        };
        for (String[] setting : bad) {
            AuthProperties.Introspection settings =
                    introspection(setting[0], setting[1]).introspection();
            assertThatThrownBy(() -> AuthSettings.introspection(settings))
                    .as(setting[0])
                    .isInstanceOf(SettingException.class)
                    .hasMessageContaining("sluice.auth.introspection." + setting[0]);
        }
    }

    @Test
    void revocation_failureAndTimeout_areChecked() {
        assertThat(bind().revocation().enabled()).isFalse();
        assertThat(AuthSettings.passesUnknown(bind().revocation())).isFalse();
        AuthProperties open = bind("revocation.on-store-failure", "open");
        assertThat(AuthSettings.passesUnknown(open.revocation())).isTrue();
        String[][] bad = {{"on-store-failure", "local"}, {"timeout", "0s"}, {"timeout", "2s"}};
        for (String[] setting : bad) {
            AuthProperties.Revocation settings =
                    bind("revocation." + setting[0], setting[1]).revocation();
            assertThatThrownBy(() -> AuthSettings.passesUnknown(settings))
                    .isInstanceOf(SettingException.class)
                    .hasMessageContaining("sluice.auth.revocation." + setting[0]);
        }
    }

    @Test
    void apiKeys_notUsable_areRefused() {
        List<AuthProperties> bad =
                List.of(
                        bind("api-keys[0].sha256", HASH),
                        bind("api-keys[0].id", "a"),
                        bind("api-keys[0].id", "a", "api-keys[0].sha256", "abc"),
                        bind(
                                "api-keys[0].id",
                                "a",
                                "api-keys[0].sha256",
                                HASH,
                                "api-keys[1].id",
                                "b",
                                "api-keys[1].sha256",
                                HASH),
                        bind(
                                "api-keys[0].id",
                                "a",
                                "api-keys[0].sha256",
                                HASH,
                                "api-keys[1].id",
                                "a",
                                "api-keys[1].sha256",
                                "0".repeat(64),
                                "api-keys[2].id",
                                "a",
                                "api-keys[2].sha256",
                                "1".repeat(64)));
        for (AuthProperties properties : bad) {
            assertThatThrownBy(() -> AuthSettings.apiKeys(properties, InstantSource.system()))
                    .isInstanceOf(SettingException.class)
                    .hasMessageNotContaining("AAAA");
        }
    }
}
