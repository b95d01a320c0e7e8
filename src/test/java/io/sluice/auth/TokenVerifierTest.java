package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Good tokens pass, and each of a long table of bad ones is refused for the right reason. */
class TokenVerifierTest {

    private static final long NOW = 1_800_000_000L;
    private static final String ISSUER = "https://id.example.com/";
    private static final String OTHER = "https://other.example.com/";
    private static final String LOCAL = "local";

    private static final TokenMint RSA = TokenMint.rsa("RS256", "one");
    private static final TokenMint EC = TokenMint.ec("ES256", "two");
    private static final TokenMint ED = TokenMint.ed25519("three");
    private static final TokenMint EVIL = TokenMint.rsa("RS256", "one");
    private static final TokenMint SHARED =
            TokenMint.hmac(
                    "HS256",
                    null,
                    "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8));

    private static final Map<String, KeySet> KEYS =
            Map.of(
                    ISSUER, set(TokenMint.jwkSet(RSA, EC, ED)),
                    OTHER, set(TokenMint.jwkSet(EVIL)),
                    LOCAL, usable(KeyReader.secret(secret())));

    private static final TokenVerifier VERIFIER = verifier(NOW);

    private static byte[] secret() {
        return "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    }

    private static KeySet set(String json) {
        return usable(KeyReader.jwkSet(json));
    }

    private static KeySet usable(KeyReading reading) {
        return ((KeyReading.Usable) reading).keys();
    }

    private static TokenVerifier verifier(long now) {
        Duration skew = Duration.ofSeconds(30);
        Set<String> audiences = Set.of("orders-api", "shop-api");
        return new TokenVerifier(
                List.of(
                        new IssuerRules(ISSUER, Algorithm.ASYMMETRIC_DEFAULT, audiences, skew),
                        new IssuerRules(OTHER, Set.of(Algorithm.RS256), Set.of(), skew),
                        new IssuerRules(LOCAL, Algorithm.SECRET_DEFAULT, Set.of(), skew)),
                new IdentityHeaders(Map.of("sub", "X-User-Id")),
                InstantSource.fixed(Instant.ofEpochSecond(now)));
    }

    private static Verification verify(String token) {
        return verify(VERIFIER, token);
    }

    private static Verification verify(TokenVerifier verifier, String token) {
        Examination examination = verifier.examine(token);
        return examination instanceof PlausibleToken plausible
                ? verifier.verify(plausible, KEYS.get(plausible.issuer()))
                : (Verification.Refused) examination;
    }

    private static Map<String, Object> claims() {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", ISSUER);
        claims.put("sub", "ada");
        claims.put("aud", "orders-api");
        claims.put("exp", NOW + 300);
        return claims;
    }

    private static String claims(String name, Object value) {
        Map<String, Object> claims = claims();
        claims.put(name, value);
        return RSA.token(claims);
    }

    private static String without(String name) {
        Map<String, Object> claims = claims();
        claims.remove(name);
        return RSA.token(claims);
    }

    private static String header(String name, Object value) {
        Map<String, Object> header = RSA.header();
        header.put(name, value);
        return RSA.token(header, claims());
    }

    private static String tampered(String token, int part, UnaryOperator<String> change) {
        String[] parts = token.split("\\.");
        parts[part] = change.apply(parts[part]);
        return String.join(".", parts);
    }

    private static Arguments bad(Reason reason, String what, String token) {
        return Arguments.of(reason, what, token);
    }

    static Stream<Arguments> badTokens() {
        List<Arguments> all = new ArrayList<>();
        badForms(all);
        badHeaders(all);
        badKeys(all);
        badClaims(all);
        return all.stream();
    }

    private static void badForms(List<Arguments> all) {
        String good = RSA.token(claims());
        Reason malformed = Reason.MALFORMED;
        all.add(bad(malformed, "empty", ""));
        all.add(bad(malformed, "no dot", "abc"));
        all.add(bad(malformed, "one dot", "abc.def"));
        all.add(bad(malformed, "dots only", ".."));
        all.add(bad(malformed, "four parts", good + ".abcd"));
        all.add(bad(malformed, "five parts as JWE has", "a.b.c.d.e"));
        all.add(bad(malformed, "trailing dot", good + "."));
        all.add(bad(malformed, "leading space", " " + good));
        all.add(bad(malformed, "trailing space", good + " "));
        all.add(bad(malformed, "trailing newline", good + "\n"));
        all.add(bad(malformed, "trailing NUL", good + "\0"));
        all.add(bad(malformed, "padding", good + "="));
        all.add(bad(malformed, "plus", tampered(good, 2, s -> "+" + s.substring(1))));
        all.add(bad(malformed, "slash", tampered(good, 2, s -> "/" + s.substring(1))));
        all.add(bad(malformed, "percent", tampered(good, 1, s -> "%41" + s)));
        all.add(bad(malformed, "non-ASCII", tampered(good, 1, s -> "é" + s.substring(1))));
        all.add(bad(malformed, "no signature", tampered(good, 2, s -> "")));
        all.add(bad(malformed, "signature of one letter", tampered(good, 2, s -> "A")));
        all.add(bad(malformed, "spare bits of the last letter", spareBits(good)));
        all.add(bad(malformed, "longer than 8 KiB", claims("x", "y".repeat(8192))));
        all.add(bad(malformed, "header is an array", RSA.raw("[]", "{}")));
        all.add(bad(malformed, "header of pairs", RSA.raw("[[\"alg\",\"RS256\"]]", "{}")));
        all.add(bad(malformed, "header is null", RSA.raw("null", "{}")));
        all.add(bad(malformed, "header is cut", RSA.raw("{\"alg\":\"RS256\"", "{}")));
        all.add(bad(malformed, "header with trailing text", RSA.raw("{\"alg\":\"RS256\"}x", "{}")));
        all.add(bad(malformed, "header with a comment", RSA.raw("{/**/\"alg\":\"RS256\"}", "{}")));
        all.add(bad(malformed, "header in single quotes", RSA.raw("{'alg':'RS256'}", "{}")));
        all.add(bad(malformed, "alg twice", RSA.raw("{\"alg\":\"none\",\"alg\":\"RS256\"}", "{}")));
        all.add(bad(malformed, "deep header", RSA.raw("{\"a\":" + "[".repeat(3000), "{}")));
        all.add(bad(malformed, "payload is text", RSA.raw("{\"alg\":\"RS256\"}", "hello")));
        all.add(
                bad(
                        malformed,
                        "payload is empty object text",
                        RSA.raw("{\"alg\":\"RS256\"}", " ")));
        all.add(
                bad(
                        malformed,
                        "sub twice",
                        RSA.raw("{\"alg\":\"RS256\"}", "{\"sub\":\"a\",\"sub\":\"b\"}")));
        all.add(bad(malformed, "header is not UTF-8", notUtf8()));
    }

    private static String spareBits(String token) {
        // 256 bytes are 341 full letters and one of which only four bits count.
        char last = token.charAt(token.length() - 1);
        return token.substring(0, token.length() - 1) + (char) (last + 1);
    }

    private static String notUtf8() {
        byte[] latin = "{\"alg\":\"RS256\",\"x\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1);
        String header = Base64.getUrlEncoder().withoutPadding().encodeToString(latin);
        return RSA.sign(header + "." + TokenMint.encode("{}"));
    }

    private static void badHeaders(List<Arguments> all) {
        Reason algorithm = Reason.UNSUPPORTED_ALGORITHM;
        for (String name :
                List.of("none", "None", "nOnE", "NONE", "", "rs256", "RS255", "ES256K")) {
            all.add(bad(algorithm, "alg " + name, header("alg", name)));
        }
        all.add(bad(algorithm, "alg is a number", header("alg", 256)));
        all.add(bad(algorithm, "no alg", RSA.raw("{}", "{}")));
        all.add(bad(algorithm, "known but not listed", RSA.as("RS384").token(claims())));
        all.add(bad(algorithm, "HS256 for a public-key issuer", header("alg", "HS256")));
        Map<String, Object> local = claims();
        local.put("iss", LOCAL);
        all.add(bad(algorithm, "RS256 for a secret's issuer", RSA.token(local)));
        all.add(bad(algorithm, "HS512 for a secret's issuer", SHARED.as("HS512").token(local)));
        Reason malformed = Reason.MALFORMED;
        all.add(bad(malformed, "crit", header("crit", List.of("exp"))));
        all.add(bad(malformed, "empty crit", header("crit", List.of())));
        all.add(bad(malformed, "b64", header("b64", false)));
        all.add(bad(malformed, "zip", header("zip", "DEF")));
        all.add(bad(malformed, "nested", header("cty", "JWT")));
        all.add(bad(malformed, "enc", header("enc", "A128GCM")));
        all.add(bad(malformed, "kid is a number", header("kid", 7)));
        all.add(bad(malformed, "kid is long", header("kid", "k".repeat(513))));
        all.add(bad(Reason.WRONG_TYPE, "typ", header("typ", "dpop+jwt")));
        all.add(bad(Reason.WRONG_TYPE, "typ of an identity event", header("typ", "secevent+jwt")));
        all.add(bad(Reason.WRONG_TYPE, "typ is a list", header("typ", List.of("JWT"))));
        for (String type :
                List.of("", "application/", "JWE", "id_token+jwt", "application/jose", "jwt ")) {
            all.add(bad(Reason.WRONG_TYPE, "typ " + type, header("typ", type)));
        }
    }

    private static void badKeys(List<Arguments> all) {
        Reason key = Reason.UNKNOWN_KEY;
        for (String kid :
                List.of(
                        "four",
                        "../../etc/passwd",
                        "one' OR '1'='1",
                        "one\r\nX: y",
                        "\0",
                        "",
                        "ONE")) {
            all.add(bad(key, "kid " + kid.strip(), header("kid", kid)));
        }
        all.add(bad(key, "RSA token naming the EC key", header("kid", "two")));
        all.add(bad(key, "ES256 naming the RSA key", EC.called("one").token(claims())));
        Reason signature = Reason.BAD_SIGNATURE;
        String good = RSA.token(claims());
        all.add(bad(signature, "another's key of the same kid", EVIL.token(claims())));
        all.add(bad(signature, "cut", tampered(good, 2, s -> s.substring(0, s.length() - 2))));
        all.add(bad(signature, "one letter changed", tampered(good, 2, s -> flip(s))));
        all.add(bad(signature, "payload changed", tampered(good, 1, s -> otherSubject())));
        all.add(bad(signature, "zeroes", tampered(good, 2, s -> "A".repeat(s.length()))));
        all.add(bad(signature, "RS256 signature under PS256", relabelled("PS256")));
        String ec = EC.token(claims());
        all.add(bad(signature, "ES256 r=s=0", tampered(ec, 2, s -> "A".repeat(86))));
        all.add(bad(signature, "ES256 in DER", tampered(ec, 2, s -> der())));
        all.add(bad(signature, "EdDSA changed", tampered(ED.token(claims()), 2, s -> flip(s))));
        all.add(bad(signature, "EdDSA short", tampered(ED.token(claims()), 2, s -> "AAAA")));
        for (String field : List.of("jwk", "jku", "x5u", "x5c")) {
            Map<String, Object> header = EVIL.header();
            header.put(field, field.equals("jwk") ? EVIL.jwk() : "https://evil.example/k");
            all.add(bad(signature, "key in header " + field, EVIL.token(header, claims())));
        }
        confusions(all);
    }

    /** Signed by HMAC under what everybody may know: the public key, in each of its forms. */
    private static void confusions(List<Arguments> all) {
        String json = JSONObjectUtils.toJSONString(RSA.jwk());
        for (byte[] secret :
                List.of(
                        RSA.pem().getBytes(StandardCharsets.US_ASCII),
                        RSA.pem().strip().getBytes(StandardCharsets.US_ASCII),
                        RSA.publicKey().getEncoded(),
                        json.getBytes(StandardCharsets.UTF_8))) {
            String token = TokenMint.hmac("HS256", "one", secret).token(claims());
            all.add(bad(Reason.UNSUPPORTED_ALGORITHM, "HS256 by " + secret.length, token));
            String posing = TokenMint.hmac("HS256", "one", secret).token(RSA.header(), claims());
            all.add(bad(Reason.BAD_SIGNATURE, "posing as RS256 by " + secret.length, posing));
        }
    }

    private static String flip(String part) {
        char first = part.charAt(4) == 'A' ? 'B' : 'A';
        return part.substring(0, 4) + first + part.substring(5);
    }

    private static String otherSubject() {
        Map<String, Object> claims = claims();
        claims.put("sub", "root");
        return RSA.token(claims).split("\\.")[1];
    }

    private static String relabelled(String algorithm) {
        Map<String, Object> header = RSA.header();
        header.put("alg", algorithm);
        return RSA.token(header, claims());
    }

    private static String der() {
        byte[] der = new byte[70];
        Arrays.fill(der, (byte) 1);
        der[0] = 0x30;
        der[1] = 68;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(der);
    }

    private static void badClaims(List<Arguments> all) {
        all.add(bad(Reason.UNKNOWN_ISSUER, "no iss", without("iss")));
        for (Object iss :
                List.of(
                        "https://id.example.com",
                        "HTTPS://id.example.com/",
                        "",
                        5,
                        List.of(ISSUER))) {
            all.add(bad(Reason.UNKNOWN_ISSUER, "iss " + iss, claims("iss", iss)));
        }
        all.add(bad(Reason.BAD_SIGNATURE, "other issuer, this key", otherIssuer()));
        all.add(bad(Reason.NO_EXPIRY, "no exp", without("exp")));
        for (Object exp : List.of("1800000300", -1, 1e20, List.of(1), true)) {
            all.add(bad(Reason.MALFORMED, "exp " + exp, claims("exp", exp)));
        }
        all.add(bad(Reason.EXPIRED, "exp at skew", claims("exp", NOW - 30)));
        all.add(bad(Reason.EXPIRED, "exp 0", claims("exp", 0)));
        all.add(bad(Reason.NOT_YET_VALID, "nbf beyond skew", claims("nbf", NOW + 31)));
        all.add(bad(Reason.NOT_YET_VALID, "iat beyond skew", claims("iat", NOW + 31)));
        all.add(bad(Reason.MALFORMED, "nbf is text", claims("nbf", "now")));
        all.add(bad(Reason.MALFORMED, "iat is text", claims("iat", "now")));
        all.add(bad(Reason.WRONG_AUDIENCE, "no aud", without("aud")));
        for (Object aud :
                List.of("", "orders", "orders-api ", "ORDERS-API", List.of(), List.of(1), 1)) {
            all.add(bad(Reason.WRONG_AUDIENCE, "aud " + aud, claims("aud", aud)));
        }
        all.add(bad(Reason.MALFORMED, "sub is a number", claims("sub", 1)));
        for (String half : List.of("\\ud800", "\\udc00 x", "a\\ud83d")) {
            String payload = "{\"iss\":\"" + ISSUER + "\",\"sub\":\"" + half + "\"}";
            String header = JSONObjectUtils.toJSONString(RSA.header());
            all.add(bad(Reason.MALFORMED, "half a pair " + half, RSA.raw(header, payload)));
        }
        for (String number : List.of("1e999", "1e999999999", "-0x1", "NaN", "01")) {
            String payload = "{\"iss\":\"" + ISSUER + "\",\"exp\":" + number + "}";
            String header = JSONObjectUtils.toJSONString(RSA.header());
            all.add(bad(Reason.MALFORMED, "exp " + number, RSA.raw(header, payload)));
        }
        all.add(bad(Reason.MALFORMED, "sub is a list", claims("sub", List.of("ada"))));
        Object bound = Map.of("jkt", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
        all.add(bad(Reason.BOUND, "bound by DPoP", claims("cnf", bound)));
        all.add(bad(Reason.BOUND, "bound by TLS", claims("cnf", Map.of("x5t#S256", "x"))));
        all.add(bad(Reason.CLAIM_TOO_LONG, "sub of 1,025", claims("sub", "a".repeat(1025))));
    }

    private static String otherIssuer() {
        Map<String, Object> claims = claims();
        claims.put("iss", OTHER);
        return RSA.token(claims);
    }

    @ParameterizedTest(name = "{1}: {0}")
    @MethodSource("badTokens")
    void verify_badToken_isRefused(Reason reason, String what, String token) {
        assertThat(verify(token)).isEqualTo(new Verification.Refused(reason));
    }

    @Test
    void badTokens_areMany() {
        assertThat(badTokens().count()).isGreaterThanOrEqualTo(100);
    }

    @Test
    void verify_goodTokens_pass() {
        Map<String, Object> local = claims();
        local.put("iss", LOCAL);
        List<String> good =
                List.of(
                        RSA.token(claims()),
                        RSA.as("PS256").token(claims()),
                        EC.token(claims()),
                        ED.token(claims()),
                        SHARED.token(local),
                        header("typ", "JWT"),
                        header("typ", "at+jwt"),
                        header("typ", "application/AT+JWT"),
                        header("x5t", "ignored"),
                        claims("aud", List.of("x", "shop-api")),
                        claims("exp", NOW + 300.5),
                        claims("exp", NOW - 29),
                        claims("nbf", NOW + 30),
                        claims("iat", NOW + 30),
                        claims("iat", NOW - 30),
                        without("sub"));
        for (String token : good) {
            assertThat(verify(token)).as(token).isInstanceOf(Verification.Verified.class);
        }
    }

    @Test
    void verify_goodToken_givesIdentity() {
        Map<String, Object> claims = claims();
        claims.put("scope", "a  b");
        claims.put("scp", List.of("b", "c d"));
        claims.put("nothing", null);
        claims.put("nested", Map.of("list", List.of(1, Map.of("x", true))));
        Verification.Verified verified = (Verification.Verified) verify(RSA.token(claims));
        Identity identity = verified.identity();
        assertThat(identity.subject()).isEqualTo("ada");
        assertThat(identity.issuer()).isEqualTo(ISSUER);
        assertThat(identity.scopes()).containsExactly("a", "b", "c", "d");
        assertThat(identity.expiresAt()).isEqualTo(Instant.ofEpochSecond(NOW + 300));
        assertThat(identity.claims()).doesNotContainKey("nothing");
        assertThat(verified.headers()).containsExactly(Map.entry("X-User-Id", "ada"));
        assertThatThrownBy(() -> identity.claims().put("x", "y"))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void verify_noSubject_subjectIsEmpty() {
        Verification.Verified verified = (Verification.Verified) verify(without("sub"));
        assertThat(verified.identity().subject()).isEmpty();
        assertThat(verified.headers()).isEmpty();
    }

    @Test
    void verify_laterThanExpiry_isRefused() {
        String token = RSA.token(claims());
        assertThat(verify(verifier(NOW + 329), token)).isInstanceOf(Verification.Verified.class);
        assertThat(verify(verifier(NOW + 330), token))
                .isEqualTo(new Verification.Refused(Reason.EXPIRED));
    }

    private static final IssuerRules STRICT =
            new IssuerRules(
                    ISSUER,
                    Set.of(Algorithm.RS256),
                    Set.of(),
                    Duration.ofSeconds(30),
                    Set.of("at+jwt"),
                    Duration.ofHours(1),
                    Set.of("jti", "client_id"),
                    "realm_access.roles");

    private static Verification strictly(String type, Map<String, Object> claims) {
        Map<String, Object> header = RSA.header();
        if (type != null) {
            header.put("typ", type);
        }
        TokenVerifier verifier =
                new TokenVerifier(
                        List.of(STRICT),
                        new IdentityHeaders(Map.of()),
                        InstantSource.fixed(Instant.ofEpochSecond(NOW)));
        return verify(verifier, RSA.token(header, claims));
    }

    private static Map<String, Object> strictClaims() {
        Map<String, Object> claims = claims();
        claims.put("jti", "1");
        claims.put("client_id", "shop");
        return claims;
    }

    @Test
    void verify_typesOfTheIssuer_areTheOnlyOnes() {
        assertThat(strictly("at+JWT", strictClaims())).isInstanceOf(Verification.Verified.class);
        for (String type : new String[] {"JWT", null}) {
            assertThat(strictly(type, strictClaims()))
                    .isEqualTo(new Verification.Refused(Reason.WRONG_TYPE));
        }
    }

    @Test
    void verify_lifetime_isCountedFromIatOrNow() {
        Map<String, Object> claims = strictClaims();
        Verification tooLong = new Verification.Refused(Reason.LIFETIME_TOO_LONG);
        claims.put("exp", NOW + 3600);
        assertThat(strictly("at+jwt", claims)).isInstanceOf(Verification.Verified.class);
        claims.put("exp", NOW + 3601);
        assertThat(strictly("at+jwt", claims)).isEqualTo(tooLong);
        claims.put("iat", NOW + 1);
        assertThat(strictly("at+jwt", claims)).isInstanceOf(Verification.Verified.class);
        claims.put("iat", NOW - 3600);
        claims.put("exp", NOW + 1);
        assertThat(strictly("at+jwt", claims)).isEqualTo(tooLong);
    }

    @Test
    void verify_requiredClaims_mustBeThere() {
        for (String claim : List.of("jti", "client_id")) {
            Map<String, Object> claims = strictClaims();
            claims.remove(claim);
            assertThat(strictly("at+jwt", claims))
                    .isEqualTo(new Verification.Refused(Reason.MISSING_CLAIM));
            claims.put(claim, null);
            assertThat(strictly("at+jwt", claims))
                    .isEqualTo(new Verification.Refused(Reason.MISSING_CLAIM));
        }
    }

    @Test
    void verify_roles_comeFromTheClaimsPath() {
        Map<String, Object> claims = strictClaims();
        claims.put("realm_access", Map.of("roles", Arrays.asList("user", 1, null, "admin")));
        Verification.Verified verified = (Verification.Verified) strictly("at+jwt", claims);
        assertThat(verified.identity().roles()).containsExactly("user", "admin");
        assertThat(verified.identity().keyId()).isEqualTo("one");
        claims.put("realm_access", Map.of("roles", "user"));
        verified = (Verification.Verified) strictly("at+jwt", claims);
        assertThat(verified.identity().roles()).containsExactly("user");
        claims.put("realm_access", "roles");
        verified = (Verification.Verified) strictly("at+jwt", claims);
        assertThat(verified.identity().roles()).isEmpty();
    }

    @Test
    void verify_keyWithoutName_isNamedByItsThumbprintUnlessSecret() {
        Map<String, Object> local = claims();
        local.put("iss", LOCAL);
        Verification.Verified secret = (Verification.Verified) verify(SHARED.token(local));
        assertThat(secret.identity().keyId()).isNull();
        KeySet pem = usable(PemReader.keys(RSA.pem()));
        PlausibleToken plausible = (PlausibleToken) VERIFIER.examine(RSA.token(claims()));
        Verification.Verified verified = (Verification.Verified) VERIFIER.verify(plausible, pem);
        assertThat(verified.identity().keyId())
                .isEqualTo(verified.proof().key().thumbprint())
                .hasSize(43);
    }

    @Test
    void verifier_issuerTwice_isRefused() {
        IssuerRules rules =
                new IssuerRules(ISSUER, Set.of(Algorithm.RS256), Set.of(), Duration.ZERO);
        IdentityHeaders none = new IdentityHeaders(Map.of());
        assertThatThrownBy(
                        () ->
                                new TokenVerifier(
                                        List.of(rules, rules), none, InstantSource.system()))
                .hasMessageContaining(ISSUER);
    }

    @Test
    void rules_mixedAlgorithms_areRefused() {
        assertThatThrownBy(
                        () ->
                                new IssuerRules(
                                        ISSUER,
                                        Set.of(Algorithm.RS256, Algorithm.HS256),
                                        Set.of(),
                                        Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IssuerRules(ISSUER, Set.of(), Set.of(), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void reasons_texts_fitIntoAChallenge() {
        for (Reason reason : Reason.values()) {
            assertThat(reason.text()).matches("[a-zA-Z ]+");
        }
    }
}
