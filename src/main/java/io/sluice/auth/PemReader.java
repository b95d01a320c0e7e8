package io.sluice.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads public keys and X.509 certificates in PEM form (RFC 7468). Of a certificate only the key
 * counts: its dates and issuer are not looked at.
 */
public final class PemReader {

    /** Each fitting key of a file is tried for a token, so there may not be many. */
    static final int MAX_KEYS = 8;

    private static final String EXPECTED =
            "1 to "
                    + MAX_KEYS
                    + " PEM blocks PUBLIC KEY or CERTIFICATE: RSA of "
                    + KeyReader.rsaRange()
                    + ", EC P-256/P-384/P-521 or Ed25519";

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]++)-----([A-Za-z0-9+/=\\s]++)-----END \\1-----");

    private static final int ED25519_BYTES = 32;

    private PemReader() {}

    /** The keys of this text; a single block that cannot be used makes the whole unusable. */
    public static KeyReading keys(String pem) {
        List<VerificationKey> keys = new ArrayList<>();
        Matcher block = BLOCK.matcher(pem);
        while (block.find()) {
            VerificationKey key = key(block.group(1), block.group(2));
            if (key == null) {
                return new KeyReading.Unusable(EXPECTED);
            }
            keys.add(key);
        }
        return keys.isEmpty() || keys.size() > MAX_KEYS
                ? new KeyReading.Unusable(EXPECTED)
                : new KeyReading.Usable(KeySet.unnamed(keys), 0);
    }

    private static @Nullable VerificationKey key(String label, String body) {
        try {
            byte[] der = Base64.getMimeDecoder().decode(body);
            PublicKey key =
                    switch (label) {
                        case "PUBLIC KEY" -> publicKey(der);
                        case "CERTIFICATE" -> certificate(der);
                        default -> null;
                    };
            JWK jwk = key == null ? null : jwk(key);
            return jwk == null ? null : KeyReader.key(jwk);
        } catch (GeneralSecurityException | JOSEException unusable) {
            return null;
        } catch (IllegalArgumentException | IllegalStateException unusable) {
            return null;
        }
    }

    private static PublicKey certificate(byte[] der) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der))
                .getPublicKey();
    }

    private static @Nullable PublicKey publicKey(byte[] der) throws GeneralSecurityException {
        for (String kind : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(der));
            } catch (InvalidKeySpecException otherKind) {
                // The encoding names its kind; the next factory may know it.
                continue;
            }
        }
        return null;
    }

    private static @Nullable JWK jwk(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            return new RSAKey.Builder(rsa).build();
        }
        if (key instanceof ECPublicKey ec) {
            Curve curve = Curve.forECParameterSpec(ec.getParams());
            return curve == null ? null : new ECKey.Builder(curve, ec).build();
        }
        if (key instanceof EdECPublicKey ed) {
            // The last bytes of the encoding are the point as RFC 8032 writes it.
            byte[] der = ed.getEncoded();
            byte[] point = Arrays.copyOfRange(der, der.length - ED25519_BYTES, der.length);
            return "Ed25519".equals(ed.getParams().getName())
                    ? new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(point)).build()
                    : null;
        }
        return null;
    }
}
