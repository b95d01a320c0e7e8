package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The worked examples of the standards, keys and signatures as printed there. */
class RfcExamplesTest {

    private static final String PAYLOAD =
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
                    + "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    private static final String RSA_SET =
            """
            {"keys":[{"kty":"RSA","e":"AQAB","n":"\
            ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp\
            -Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOW\
            vG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUs\
            LA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9k\
            G4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2\
            PAcDTW9gb54h4FRWyuXpoQ"}]}""";

    private static final String RSA_SIGNATURE =
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7"
                    + "AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4"
                    + "BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
                    + "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
                    + "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrB"
                    + "p0igcN_IoypGlUPQGe77Rw";

    private static final String EC_SET =
            """
            {"keys":[{"kty":"EC","crv":"P-256",\
            "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",\
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}""";

    private static final String EC_SIGNATURE =
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
                    + "pmWQxfKTUJqPP3-Kg6NU1Q";

    private static final String SECRET =
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

    private static Verification verify(Algorithm algorithm, KeyReading keys, String token) {
        InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(1_300_819_300));
        IssuerRules joe = new IssuerRules("joe", Set.of(algorithm), Set.of(), Duration.ZERO);
        TokenVerifier verifier =
                new TokenVerifier(List.of(joe), new IdentityHeaders(Map.of()), clock);
        PlausibleToken plausible = (PlausibleToken) verifier.examine(token);
        return verifier.verify(plausible, ((KeyReading.Usable) keys).keys());
    }

    private static void isJoe(Verification verification) {
        assertThat(verification).isInstanceOf(Verification.Verified.class);
        Identity joe = ((Verification.Verified) verification).identity();
        assertThat(joe.issuer()).isEqualTo("joe");
        assertThat(joe.claims()).containsEntry("http://example.com/is_root", true);
        assertThat(joe.expiresAt()).isEqualTo(Instant.ofEpochSecond(1_300_819_380));
    }

    @Test
    void rfc7515_a1_hs256() {
        byte[] secret = Base64.getUrlDecoder().decode(SECRET);
        String token =
                "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
                        + PAYLOAD
                        + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        isJoe(verify(Algorithm.HS256, KeyReader.secret(secret), token));
    }

    @Test
    void rfc7515_a2_rs256() {
        String token = "eyJhbGciOiJSUzI1NiJ9." + PAYLOAD + "." + RSA_SIGNATURE;
        isJoe(verify(Algorithm.RS256, KeyReader.jwkSet(RSA_SET), token));
    }

    @Test
    void rfc7515_a3_es256() {
        String token = "eyJhbGciOiJFUzI1NiJ9." + PAYLOAD + "." + EC_SIGNATURE;
        isJoe(verify(Algorithm.ES256, KeyReader.jwkSet(EC_SET), token));
    }

    /** Its payload is no JSON, so only key and signature can be tried. */
    @Test
    void rfc7515_a4_es512() {
        KeyReading reading =
                KeyReader.jwkSet(
                        """
                        {"keys":[{"kty":"EC","crv":"P-521",\
                        "x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_\
                        NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",\
                        "y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDl\
                        y79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"}]}""");
        VerificationKey key =
                ((KeyReading.Usable) reading).keys().candidates(Algorithm.ES512, null).get(0);
        byte[] input = "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA".getBytes(StandardCharsets.US_ASCII);
        byte[] signature =
                Base64.getUrlDecoder()
                        .decode(
                                "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZq"
                                        + "wqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpR"
                                        + "wcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn");
        assertThat(key.verifies(Algorithm.ES512, input, signature)).isTrue();
        signature[70] ^= 1;
        assertThat(key.verifies(Algorithm.ES512, input, signature)).isFalse();
    }

    /** The header names an extension as critical that nobody defines. */
    @Test
    void rfc7515_e_unknownCriticalExtension_isRefused() {
        String token =
                "eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQog"
                        + "Imh0dHA6Ly9leGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0.RkFJTA.";
        TokenVerifier verifier =
                new TokenVerifier(List.of(), new IdentityHeaders(Map.of()), InstantSource.system());
        for (String signature : List.of("", "AAAA")) {
            assertThat(verifier.examine(token + signature))
                    .isEqualTo(new Verification.Refused(Reason.MALFORMED));
        }
    }

    @Test
    void rfc7515_a5_unsecured_isRefused() {
        IssuerRules joe = new IssuerRules("joe", Set.of(Algorithm.RS256), Set.of(), Duration.ZERO);
        TokenVerifier verifier =
                new TokenVerifier(
                        List.of(joe),
                        new IdentityHeaders(Map.of()),
                        InstantSource.fixed(Instant.ofEpochSecond(1_300_819_300)));
        assertThat(verifier.examine("eyJhbGciOiJub25lIn0." + PAYLOAD + "."))
                .isEqualTo(new Verification.Refused(Reason.MALFORMED));
        assertThat(verifier.examine("eyJhbGciOiJub25lIn0." + PAYLOAD + ".AAAA"))
                .isEqualTo(new Verification.Refused(Reason.UNSUPPORTED_ALGORITHM));
    }

    @Test
    void rfc8037_a4_ed25519() {
        KeyReading reading =
                KeyReader.jwkSet(
                        """
                        {"keys":[{"kty":"OKP","crv":"Ed25519",\
                        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}""");
        KeySet keys = ((KeyReading.Usable) reading).keys();
        VerificationKey key = keys.candidates(Algorithm.EdDSA, null).get(0);
        byte[] input =
                "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] signature =
                Base64.getUrlDecoder()
                        .decode(
                                "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5B"
                                        + "hVsPt9g7sVvpAr_MuM0KAg");
        // RFC 8037 A.3 prints the thumbprint of the same key.
        assertThat(key.thumbprint()).isEqualTo("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assertThat(key.verifies(Algorithm.EdDSA, input, signature)).isTrue();
        signature[3] ^= 1;
        assertThat(key.verifies(Algorithm.EdDSA, input, signature)).isFalse();
    }
}
