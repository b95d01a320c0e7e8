package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys are taken from a JWK set, a PEM file or a secret, and which are tried for a token. */
class KeyReaderTest {

    private static final TokenMint RSA = TokenMint.rsa("RS256", "one");
    private static final TokenMint EC = TokenMint.ec("ES256", "two");
    private static final TokenMint ED = TokenMint.ed25519("three");

    private static KeySet keys(KeyReading reading) {
        assertThat(reading).isInstanceOf(KeyReading.Usable.class);
        return ((KeyReading.Usable) reading).keys();
    }

    private static KeyReading set(Object... keys) {
        return KeyReader.jwkSet(JSONObjectUtils.toJSONString(Map.of("keys", List.of(keys))));
    }

    private static Map<String, Object> with(TokenMint mint, String name, Object value) {
        Map<String, Object> jwk = mint.jwk();
        jwk.put(name, value);
        return jwk;
    }

    @Test
    void jwkSet_everyKind_isRead() {
        TokenMint p384 = TokenMint.ec("ES384", "p384");
        TokenMint p521 = TokenMint.ec("ES512", "p521");
        KeySet keys = keys(KeyReader.jwkSet(TokenMint.jwkSet(RSA, EC, ED, p384, p521)));
        assertThat(keys.size()).isEqualTo(5);
        assertThat(keys.knows(Algorithm.RS512, "one")).isTrue();
        assertThat(keys.knows(Algorithm.PS384, "one")).isTrue();
        assertThat(keys.knows(Algorithm.ES256, "two")).isTrue();
        assertThat(keys.knows(Algorithm.EdDSA, "three")).isTrue();
        assertThat(keys.knows(Algorithm.ES384, "p384")).isTrue();
        assertThat(keys.knows(Algorithm.ES512, "p521")).isTrue();
        assertThat(keys.knows(Algorithm.HS256, null)).isFalse();
    }

    @Test
    void jwkSet_unusableEntries_areLeftOut() throws Exception {
        TokenMint weak = TokenMint.rsa("RS256", "weak", 1024);
        TokenMint secret = TokenMint.hmac("HS256", "secret", new byte[32]);
        Map<String, Object> offCurve = EC.jwk();
        offCurve.put("y", offCurve.get("x"));
        Map<String, Object> privateKey = new ECKeyGenerator(Curve.P_256).generate().toJSONObject();
        KeyReading reading =
                set(
                        RSA.jwk(),
                        weak.jwk(),
                        secret.jwk(),
                        offCurve,
                        privateKey,
                        with(EC, "use", "enc"),
                        with(EC, "key_ops", List.of("sign")),
                        with(EC, "crv", "secp256k1"),
                        with(ED, "crv", "X25519"),
                        with(ED, "x", "AAAA"),
                        with(RSA, "e", "Ag"),
                        with(RSA, "e", "AQ"),
                        with(RSA, "n", "AQAB"),
                        with(RSA, "e", "A".repeat(400) + "B"),
                        with(RSA, "kty", "XYZ"),
                        "text",
                        Map.of("kid", "x"));
        KeyReading.Usable usable = (KeyReading.Usable) reading;
        assertThat(usable.keys().size()).isEqualTo(1);
        assertThat(usable.dropped()).isEqualTo(16);
    }

    @Test
    void jwkSet_keyWithAlgorithm_servesNoOther() {
        KeySet keys = keys(set(with(RSA, "alg", "PS256")));
        assertThat(keys.knows(Algorithm.PS256, "one")).isTrue();
        assertThat(keys.knows(Algorithm.RS256, "one")).isFalse();
        assertThat(keys.serves(Set.of(Algorithm.RS256, Algorithm.ES256))).isFalse();
        assertThat(keys.serves(Set.of(Algorithm.PS256))).isTrue();
    }

    @Test
    void jwkSet_keyForVerifying_isTaken() {
        Map<String, Object> jwk = with(RSA, "use", "sig");
        assertThat(keys(set(jwk)).size()).isEqualTo(1);
        assertThat(keys(set(with(RSA, "key_ops", List.of("verify")))).size()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "<html>",
                "{\"keys\":{}}",
                "{\"keys\":[]}",
                "{\"keys\":[{}]}",
                "{\"keys\":[{\"kty\":\"RSA\"",
                "{\"keys\":[null]}"
            })
    void jwkSet_notUsable_isSaid(String json) {
        assertThat(KeyReader.jwkSet(json)).isInstanceOf(KeyReading.Unusable.class);
    }

    @Test
    void jwkSet_moreThan100Keys_isUnusable() {
        List<Object> keys = new ArrayList<>(Collections.nCopies(100, ED.jwk()));
        assertThat(set(keys.toArray())).isInstanceOf(KeyReading.Usable.class);
        keys.add(ED.jwk());
        assertThat(set(keys.toArray())).isInstanceOf(KeyReading.Unusable.class);
    }

    @Test
    void select_noKid_onlyIfOneFits() {
        TokenMint other = TokenMint.rsa("RS256", "four");
        KeySet keys = keys(KeyReader.jwkSet(TokenMint.jwkSet(RSA, other, EC)));
        assertThat(keys.knows(Algorithm.RS256, null)).isFalse();
        assertThat(keys.knows(Algorithm.ES256, null)).isTrue();
    }

    @Test
    void select_unknownKid_takesTheOneKeyWithoutKid() {
        TokenMint unnamed = TokenMint.ec("ES256", null);
        KeySet keys = keys(KeyReader.jwkSet(TokenMint.jwkSet(EC, unnamed)));
        assertThat(keys.candidates(Algorithm.ES256, "nine")).hasSize(1);
        assertThat(keys.candidates(Algorithm.ES256, "two").get(0).id()).isEqualTo("two");
        KeySet two = keys(KeyReader.jwkSet(TokenMint.jwkSet(unnamed, TokenMint.ec("ES256", null))));
        assertThat(two.knows(Algorithm.ES256, "nine")).isFalse();
    }

    @Test
    void holds_sameKeyReadAgain_isHeld() {
        KeySet before = keys(KeyReader.jwkSet(TokenMint.jwkSet(RSA)));
        KeySet after = keys(KeyReader.jwkSet(TokenMint.jwkSet(EC, RSA)));
        VerificationKey key = before.candidates(Algorithm.RS256, "one").get(0);
        assertThat(before.holds(key)).isTrue();
        assertThat(after.holds(key)).isTrue();
        assertThat(keys(KeyReader.jwkSet(TokenMint.jwkSet(EC))).holds(key)).isFalse();
        assertThat(key).hasToString("VerificationKey[kid=one, family=RSA]");
    }

    @Test
    void pem_severalKinds_areRead() {
        KeySet keys = keys(PemReader.keys("key of June\n" + RSA.pem() + EC.pem() + ED.pem()));
        assertThat(keys.size()).isEqualTo(3);
        for (TokenMint mint : List.of(RSA, EC, ED)) {
            String algorithm = (String) mint.header().get("alg");
            assertThat(keys.knows(Algorithm.named(algorithm), "any")).isTrue();
        }
    }

    @Test
    void pem_twoKeysOfOneKind_areBothTried() {
        KeySet keys = keys(PemReader.keys(RSA.pem() + TokenMint.rsa("RS256", null).pem()));
        assertThat(keys.candidates(Algorithm.RS256, null)).hasSize(2);
    }

    @Test
    void pem_certificate_givesItsKey() {
        KeySet keys = keys(PemReader.keys(CERTIFICATE));
        assertThat(keys.knows(Algorithm.ES256, null)).isTrue();
    }

    @Test
    void pem_notUsable_isSaid() {
        String weak = TokenMint.rsa("RS256", null, 1024).pem();
        List<String> texts =
                List.of(
                        "",
                        "hello",
                        weak,
                        RSA.pem() + weak,
                        RSA.pem().repeat(9),
                        RSA.pem().replace("PUBLIC KEY", "PRIVATE KEY"),
                        RSA.pem().replace("PUBLIC KEY", "CERTIFICATE"),
                        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
                        "-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----",
                        "-----BEGIN PUBLIC KEY-----\n" + SECP_256K1 + "\n-----END PUBLIC KEY-----");
        for (String text : texts) {
            assertThat(PemReader.keys(text)).as(text).isInstanceOf(KeyReading.Unusable.class);
        }
    }

    @Test
    void secret_shorterThan32Bytes_isUnusable() {
        assertThat(KeyReader.secret(new byte[31]))
                .isEqualTo(new KeyReading.Unusable(">= 32 bytes"));
        assertThat(keys(KeyReader.secret(new byte[32])).knows(Algorithm.HS256, "x")).isTrue();
    }

    @Test
    void algorithms_names_areExact() {
        assertThat(Algorithm.named("RS256")).isEqualTo(Algorithm.RS256);
        assertThat(Algorithm.named("none")).isNull();
        assertThat(Algorithm.names(true)).isEqualTo("HS256, HS384, HS512");
        assertThat(Algorithm.HS512.secretBytes()).isEqualTo(64);
    }

    private static final String CERTIFICATE =
            """
            -----BEGIN CERTIFICATE-----
            MIIBdTCCARugAwIBAgIUT1spYfz8Dn9fWSmhwcR6y+I7+w8wCgYIKoZIzj0EAwIw
            DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjQwNTE4MTdaGA8yMTI2MTAzMTA1MTgx
            N1owDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCN2
            PMe4riESS/C09rDTWmy5EtkNN0TykDLHKqef8kBHxbULkciJwNSPOqPRSMW7Sx4N
            kOfP1NJC0G0/L8CUY/ijUzBRMB0GA1UdDgQWBBRNoJ4+K7ZXClp9pRbJPIbtzXUK
            hjAfBgNVHSMEGDAWgBRNoJ4+K7ZXClp9pRbJPIbtzXUKhjAPBgNVHRMBAf8EBTAD
            AQH/MAoGCCqGSM49BAMCA0gAMEUCIDFQd1M0acQ2f1zXAmnbblcwgR85atWg2sGt
            Yog+WE+BAiEA3FzUfwLMlUBa9v7yaYO2/JNfXeSwqVkI9jFGGipcRSw=
            -----END CERTIFICATE-----
            """;

    private static final String SECP_256K1 =
            "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAES4rb7mUoJ6DJqABWAuHMdjOu4d+K/6pc"
                    + "6vbXicKi5CQDYeo5p60u/kzKZ8lI6I8gbSd6irKLj++94GNrT+o/9w==";
}
