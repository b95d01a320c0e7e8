package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.auth.Algorithm;
import io.sluice.auth.IdentityHeaders;
import io.sluice.auth.IssuerRules;
import io.sluice.auth.KeyReader;
import io.sluice.auth.KeyReading;
import io.sluice.auth.PemReader;
import io.sluice.auth.PlausibleToken;
import io.sluice.auth.TokenVerifier;
import io.sluice.auth.Verification;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenSignerTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private static Verification verified(String token, Set<Algorithm> algorithms, KeyReading keys) {
        TokenVerifier verifier =
                new TokenVerifier(
                        List.of(new IssuerRules("me", algorithms, Set.of(), Duration.ZERO)),
                        new IdentityHeaders(Map.of()),
                        InstantSource.system());
        assertThat(verifier.examine(token)).isInstanceOf(PlausibleToken.class);
        return verifier.verify(
                (PlausibleToken) verifier.examine(token), ((KeyReading.Usable) keys).keys());
    }

    private static Map<String, Object> claims() {
        long now = InstantSource.system().instant().getEpochSecond();
        return Map.of("iss", "me", "sub", "ada", "exp", now + 600, "iat", now);
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(kind, Base64.getMimeEncoder().encodeToString(der));
    }

    private static KeyPair pair(String kind, int bits) throws GeneralSecurityException {
        KeyPairGenerator generator =
                KeyPairGenerator.getInstance(kind.startsWith("sec") ? "EC" : kind);
        if (kind.startsWith("sec")) {
            generator.initialize(new ECGenParameterSpec(kind));
        } else if (bits > 0) {
            generator.initialize(bits);
        }
        return generator.generateKeyPair();
    }

    @Test
    void sign_withSecret_isAcceptedByTheVerifier() {
        String token = TokenSigner.ofSecret(SECRET).sign(null, claims());

        assertThat(
                        verified(
                                token,
                                Set.of(Algorithm.HS256),
                                KeyReader.secret(SECRET.getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(Verification.Verified.class);
    }

    @ParameterizedTest
    @CsvSource({
        "RSA, RS256",
        "secp256r1, ES256",
        "secp384r1, ES384",
        "secp521r1, ES512",
        "Ed25519, EdDSA"
    })
    void sign_withKey_isAcceptedByTheVerifier(String kind, Algorithm algorithm)
            throws GeneralSecurityException {
        KeyPair pair = pair(kind, kind.equals("RSA") ? 2048 : 0);

        String token =
                TokenSigner.ofKey(pem("PRIVATE KEY", pair.getPrivate().getEncoded()))
                        .sign(null, claims());

        assertThat(
                        verified(
                                token,
                                Set.of(algorithm),
                                PemReader.keys(pem("PUBLIC KEY", pair.getPublic().getEncoded()))))
                .isInstanceOf(Verification.Verified.class);
    }

    @Test
    void of_whatAGatewayWouldRefuse_isRefused() throws GeneralSecurityException {
        String weak = pem("PRIVATE KEY", pair("RSA", 1024).getPrivate().getEncoded());

        assertThatThrownBy(() -> TokenSigner.ofSecret("short"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("secret: 5 bytes (expected: >= 32 bytes)");
        assertThatThrownBy(() -> TokenSigner.ofKey(weak))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("2048");
        assertThatThrownBy(() -> TokenSigner.ofKey("no key")).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> TokenSigner.ofKey(pem("PRIVATE KEY", new byte[] {1, 2})))
                .isInstanceOf(RefusedException.class);
    }
}
