package io.sluice.auth.spring;

import io.sluice.auth.Algorithm;
import io.sluice.auth.ApiKey;
import io.sluice.auth.ApiKeys;
import io.sluice.auth.IdentityHeaders;
import io.sluice.auth.IntrospectionRules;
import io.sluice.auth.IssuerRules;
import io.sluice.settings.Setting;
import io.sluice.settings.SettingException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Checks {@code sluice.auth.*} and turns it into what the core works with. */
final class AuthSettings {

    static final String ROOT = "sluice.auth";

    /** In {@code types}: a token without {@code typ}. */
    private static final String ABSENT = "absent";

    private static final Duration MAX_SKEW = Duration.ofMinutes(10);

    private AuthSettings() {}

    static IdentityHeaders identityHeaders(AuthProperties properties) {
        Set<String> seen = new HashSet<>();
        properties
                .identityHeaders()
                .forEach(
                        (claim, header) -> {
                            String path = ROOT + ".identity-headers." + claim;
                            Setting.require(
                                    IdentityHeaders.isAcceptable(header),
                                    path,
                                    header,
                                    "a header name of letters, digits, - and _ that does not frame,"
                                            + " route or authenticate the request");
                            String plain = header.toLowerCase(Locale.ROOT).replace('_', '-');
                            Setting.require(
                                    seen.add(plain), path, header, "each header named once");
                        });
        return new IdentityHeaders(properties.identityHeaders());
    }

    static ApiKeys apiKeys(AuthProperties properties, InstantSource clock) {
        List<ApiKey> keys = new ArrayList<>();
        Map<String, Integer> live = new HashMap<>();
        Set<String> hashes = new HashSet<>();
        for (int i = 0; i < properties.apiKeys().size(); i++) {
            String path = ROOT + ".api-keys[" + i + "]";
            AuthProperties.Key key = properties.apiKeys().get(i);
            String id = Setting.present(path + ".id", key.id(), "the client's name");
            String written = key.sha256() == null ? "" : key.sha256();
            String hash = written.toLowerCase(Locale.ROOT);
            if (!hash.matches("[0-9a-f]{64}")) {
                throw new SettingException(
                        path + ".sha256",
                        written.length() + " characters",
                        "the SHA-256 of the key as 64 hexadecimal digits");
            }
            Instant expires = key.expires() == null ? Instant.MAX : key.expires();
            int count = live.merge(id, clock.instant().isBefore(expires) ? 1 : 0, Integer::sum);
            Setting.require(
                    count <= ApiKeys.MAX_PER_CLIENT,
                    path + ".id",
                    id,
                    "at most " + ApiKeys.MAX_PER_CLIENT + " keys of a client that are not expired");
            Setting.require(hashes.add(hash), path + ".sha256", "given before", "each key once");
            keys.add(new ApiKey(id, hash, new LinkedHashSet<>(key.scopes()), expires));
        }
        return new ApiKeys(keys, clock);
    }

    /** What is accepted of introspection answers; the rest of its settings is checked too. */
    static IntrospectionRules introspection(AuthProperties.Introspection settings) {
        String path = ROOT + ".introspection";
        String uri = Setting.present(path + ".uri", settings.uri(), "an http or https address");
        IssuerKeySources.address(path + ".uri", uri);
        Setting.present(path + ".client-id", settings.clientId(), "the gateway's name there");
        boolean secret = settings.clientSecret() != null && !settings.clientSecret().isEmpty();
        Setting.require(secret, path + ".client-secret", "none", "the gateway's password there");
        within(path + ".clock-skew", settings.clockSkew(), Duration.ZERO, MAX_SKEW);
        within(path + ".cache-time", settings.cacheTime(), Duration.ZERO, Duration.ofMinutes(5));
        within(
                path + ".timeout",
                settings.timeout(),
                Duration.ofMillis(100),
                Duration.ofSeconds(10));
        return new IntrospectionRules(
                settings.issuer(),
                texts(path + ".audiences", settings.audiences(), "a value of aud"),
                settings.clockSkew(),
                texts(path + ".required-claims", settings.requiredClaims(), "a member's name"),
                Setting.present(
                        path + ".roles-claim",
                        settings.rolesClaim(),
                        "where the roles are listed"));
    }

    /** Whether requests pass while revocations cannot be asked for, where a route does not say. */
    static boolean passesUnknown(AuthProperties.Revocation settings) {
        String path = ROOT + ".revocation";
        within(path + ".timeout", settings.timeout(), Duration.ofMillis(1), Duration.ofSeconds(1));
        return FilterArguments.isOpen(path + ".on-store-failure", settings.onStoreFailure());
    }

    private static void within(String path, Duration value, Duration least, Duration most) {
        Setting.require(
                value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                path,
                value,
                least.toMillis() + "ms to " + most.toMillis() + "ms");
    }

    /** The rules of each issuer, in the order of the settings. */
    static List<IssuerRules> issuers(AuthProperties properties) {
        Map<String, IssuerRules> rules = new LinkedHashMap<>();
        for (int i = 0; i < properties.issuers().size(); i++) {
            String path = issuerPath(i);
            AuthProperties.Issuer issuer = properties.issuers().get(i);
            String name =
                    Setting.present(path + ".issuer", issuer.issuer(), "the value of claim iss");
            Setting.require(!rules.containsKey(name), path + ".issuer", name, "each issuer once");
            Duration skew = Setting.notNegative(path + ".clock-skew", issuer.clockSkew());
            Setting.require(
                    skew.compareTo(MAX_SKEW) <= 0, path + ".clock-skew", skew, "at most 10m");
            if (issuer.maxLifetime() != null) {
                Setting.positive(path + ".max-lifetime", issuer.maxLifetime());
            }
            rules.put(
                    name,
                    new IssuerRules(
                            name,
                            algorithms(path, issuer),
                            texts(path + ".audiences", issuer.audiences(), "a value of claim aud"),
                            skew,
                            types(path + ".types", issuer.types()),
                            issuer.maxLifetime(),
                            texts(
                                    path + ".required-claims",
                                    issuer.requiredClaims(),
                                    "the name of a claim"),
                            Setting.present(
                                    path + ".roles-claim",
                                    issuer.rolesClaim(),
                                    "the claim, or path of claims, that lists roles")));
        }
        return List.copyOf(rules.values());
    }

    private static Set<String> texts(String path, List<String> values, String expected) {
        values.forEach(value -> Setting.present(path, value, expected));
        return new LinkedHashSet<>(values);
    }

    private static Set<String> types(String path, List<String> names) {
        if (names.isEmpty()) {
            return IssuerRules.DEFAULT_TYPES;
        }
        Set<String> types = new LinkedHashSet<>();
        for (String name : names) {
            String plain = name.toLowerCase(Locale.ROOT);
            Setting.require(
                    plain.matches("[a-z0-9!#$&^_.+-]+"),
                    path,
                    name,
                    "a value of typ such as at+jwt, or absent");
            types.add(plain.equals(ABSENT) ? IssuerRules.NO_TYPE : plain);
        }
        return types;
    }

    static String issuerPath(int index) {
        return ROOT + ".issuers[" + index + "]";
    }

    private static Set<Algorithm> algorithms(String path, AuthProperties.Issuer issuer) {
        boolean symmetric = issuer.secret() != null;
        if (issuer.algorithms().isEmpty()) {
            return symmetric ? Algorithm.SECRET_DEFAULT : Algorithm.ASYMMETRIC_DEFAULT;
        }
        Set<Algorithm> algorithms = new LinkedHashSet<>();
        for (String name : issuer.algorithms()) {
            Algorithm algorithm = Algorithm.named(name);
            if (algorithm == null || algorithm.symmetric() != symmetric) {
                throw new SettingException(
                        path + ".algorithms",
                        name,
                        "with a "
                                + (symmetric ? "secret" : "public key")
                                + ": "
                                + Algorithm.names(symmetric));
            }
            algorithms.add(algorithm);
        }
        return algorithms;
    }
}
