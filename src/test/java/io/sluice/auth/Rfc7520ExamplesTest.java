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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The signatures of RFC 7520 section 4, by the keys of section 3. Their payload is a sentence and
 * no claims, so the signature alone is checked, and that no such token passes as a JWT.
 */
class Rfc7520ExamplesTest {

    private static final String BILBO = "bilbo.baggins@hobbiton.example";

    private static final String KEYS =
            """
            {"keys":[\
            {"kty":"RSA","kid":"bilbo.baggins@hobbiton.example","use":"sig","e":"AQAB","n":"\
            n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRoj\
            dNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2l\
            bzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6c\
            S6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3\
            -tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwU\
            kRz5iaiQkqgc5gHdrNP5zw"},\
            {"kty":"EC","kid":"bilbo.baggins@hobbiton.example","use":"sig","crv":"P-521","x":"\
            AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqv\
            jyekWF-7ytDyRXYgCF5cj0Kt","y":"\
            AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgD\
            PrwQrJmbnX9cwlGfP-HqHZR1"}]}""";

    private static final String SECRET = "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg";

    private static final String PAYLOAD =
            ".SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlv"
                    + "dXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24n"
                    + "dCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91"
                    + "IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4";

    private static final String RS256 =
            "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZo"
                    + "pdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmD"
                    + "LJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9e"
                    + "Ro4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2"
                    + "aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH8"
                    + "4ogoree7vjbU5y18kDquDg";

    private static final String PS384 =
            "cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN"
                    + "6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvW"
                    + "Xzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ij"
                    + "Q7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6ui"
                    + "P1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmW"
                    + "jwZ6oD4ifKo8DYM-X72Eaw";

    private static final String ES512 =
            "AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9"
                    + "Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-kvAD89"
                    + "0jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2";

    private static final String HS256 = "s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0";

    private static String header(String algorithm, String kid) {
        return TokenMint.encode("{\"alg\":\"" + algorithm + "\",\"kid\":\"" + kid + "\"}");
    }

    private static boolean verifies(
            Algorithm algorithm, KeyReading reading, String header, byte[] signature) {
        KeySet keys = ((KeyReading.Usable) reading).keys();
        VerificationKey key = keys.candidates(algorithm, BILBO).get(0);
        byte[] input = (header + PAYLOAD).getBytes(StandardCharsets.US_ASCII);
        return key.verifies(algorithm, input, signature);
    }

    private static void isVerifiedUnlessChanged(
            Algorithm algorithm, KeyReading keys, String header, String signature) {
        byte[] bytes = Base64.getUrlDecoder().decode(signature);
        assertThat(verifies(algorithm, keys, header, bytes)).isTrue();
        assertThat(verifies(algorithm, keys, header.replace('J', 'K'), bytes)).isFalse();
        bytes[bytes.length / 2] ^= 1;
        assertThat(verifies(algorithm, keys, header, bytes)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"RS256," + RS256, "PS384," + PS384, "ES512," + ES512})
    void section4_publicKeys(Algorithm algorithm, String signature) {
        KeyReading keys = KeyReader.jwkSet(KEYS);
        isVerifiedUnlessChanged(algorithm, keys, header(algorithm.name(), BILBO), signature);
    }

    @Test
    void section44_hs256() {
        KeyReading secret = KeyReader.secret(Base64.getUrlDecoder().decode(SECRET));
        String header = header("HS256", "018c0ae5-4d9b-471b-bfd6-eef314bc7037");
        isVerifiedUnlessChanged(Algorithm.HS256, secret, header, HS256);
    }

    @Test
    void section4_asTokens_areRefused() {
        IssuerRules any = new IssuerRules("x", Set.of(Algorithm.RS256), Set.of(), Duration.ZERO);
        TokenVerifier verifier =
                new TokenVerifier(
                        List.of(any),
                        new IdentityHeaders(Map.of()),
                        InstantSource.fixed(Instant.EPOCH));
        assertThat(verifier.examine(header("RS256", BILBO) + PAYLOAD + "." + RS256))
                .isEqualTo(new Verification.Refused(Reason.MALFORMED));
    }
}
