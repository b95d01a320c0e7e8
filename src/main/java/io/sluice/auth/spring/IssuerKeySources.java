package io.sluice.auth.spring;

import io.sluice.auth.Algorithm;
import io.sluice.auth.IssuerRules;
import io.sluice.auth.KeyReader;
import io.sluice.auth.KeyReading;
import io.sluice.auth.KeySet;
import io.sluice.auth.KeySetPolicy;
import io.sluice.auth.PemReader;
import io.sluice.settings.Setting;
import io.sluice.settings.SettingException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.springframework.core.io.ResourceLoader;

/** Finds each issuer's keys as its settings say. Files are read now; nothing is fetched yet. */
final class IssuerKeySources {

    private static final int MAX_FILE_BYTES = 1024 * 1024;

    private final ResourceLoader resources;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    private final Function<String, KeyMeters> meters;
    private final JwkSetClient client = new JwkSetClient();

    /**
     * @param meters those of an issuer
     */
    IssuerKeySources(
            ResourceLoader resources,
            LongSupplier nanoClock,
            RandomGenerator random,
            Function<String, KeyMeters> meters) {
        this.resources = resources;
        this.nanoClock = nanoClock;
        this.random = random;
        this.meters = meters;
    }

    /**
     * @param rules the same issuers in the same order, checked already
     * @throws SettingException for keys that cannot be read or used
     */
    Map<String, IssuerKeys> of(AuthProperties properties, List<IssuerRules> rules) {
        Map<String, IssuerKeys> keys = of(properties, rules, Map.of());
        keys.values().forEach(IssuerKeys::inUse);
        return keys;
    }

    /**
     * @param known sources that are still right, by issuer
     */
    Map<String, IssuerKeys> of(
            AuthProperties properties, List<IssuerRules> rules, Map<String, IssuerKeys> known) {
        Map<String, IssuerKeys> keys = new LinkedHashMap<>();
        for (int i = 0; i < rules.size(); i++) {
            IssuerRules issuer = rules.get(i);
            String path = AuthSettings.issuerPath(i);
            IssuerKeys kept = known.get(issuer.issuer());
            keys.put(
                    issuer.issuer(),
                    kept == null ? source(path, properties.issuers().get(i), issuer) : kept);
        }
        return keys;
    }

    private IssuerKeys source(String path, AuthProperties.Issuer issuer, IssuerRules rules) {
        long given =
                Stream.of(issuer.jwkSetUri(), issuer.publicKeyLocation(), issuer.secret())
                        .filter(Objects::nonNull)
                        .count();
        Setting.require(
                given == 1,
                path,
                given + " sources of keys",
                "exactly one of jwk-set-uri, public-key-location, secret");
        if (issuer.secret() != null) {
            return secret(path + ".secret", issuer.secret(), rules);
        }
        if (issuer.publicKeyLocation() != null) {
            return file(path + ".public-key-location", issuer.publicKeyLocation(), rules);
        }
        String uri = address(path + ".jwk-set-uri", Objects.requireNonNull(issuer.jwkSetUri()));
        return new FetchedKeys(
                rules.issuer(),
                rules.algorithms(),
                client.fetch(uri),
                KeySetPolicy.DEFAULT,
                nanoClock,
                random,
                meters.apply(rules.issuer()));
    }

    private static IssuerKeys secret(String path, String secret, IssuerRules rules) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        int least =
                rules.algorithms().stream().mapToInt(Algorithm::secretBytes).max().orElseThrow();
        Setting.require(
                bytes.length >= least,
                path,
                bytes.length + " bytes",
                ">= " + least + " bytes for " + rules.algorithms());
        return IssuerKeys.fixed(usable(path, bytes.length + " bytes", KeyReader.secret(bytes)));
    }

    private IssuerKeys file(String path, String location, IssuerRules rules) {
        Setting.require(
                location.startsWith("file:") || location.startsWith("classpath:"),
                path,
                location,
                "a location that begins with file: or classpath:");
        String text = read(path, location);
        boolean json = text.stripLeading().startsWith("{");
        KeyReading reading = json ? KeyReader.jwkSet(text) : PemReader.keys(text);
        KeySet keys = usable(path, location, reading);
        Setting.require(
                keys.serves(rules.algorithms()),
                path,
                location,
                "a key for one of the algorithms " + rules.algorithms());
        return IssuerKeys.fixed(keys);
    }

    private String read(String path, String location) {
        try (InputStream stream = resources.getResource(location).getInputStream()) {
            byte[] bytes = stream.readNBytes(MAX_FILE_BYTES);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new SettingException(path, location, "a readable file of PEM keys or a JWK set");
        }
    }

    private static KeySet usable(String path, String value, KeyReading reading) {
        if (reading instanceof KeyReading.Usable usable) {
            return usable.keys();
        }
        throw new SettingException(path, value, ((KeyReading.Unusable) reading).expected());
    }

    /** The address, if it is one that can be asked. */
    static String address(String path, String uri) {
        try {
            URI parsed = new URI(uri);
            boolean http = "http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme());
            if (http && parsed.getHost() != null && parsed.getRawUserInfo() == null) {
                return uri;
            }
        } catch (URISyntaxException malformed) {
            // Refused below, as any other text that is no address.
        }
        throw new SettingException(path, uri, "an http or https address without user information");
    }
}
