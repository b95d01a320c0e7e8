package io.sluice.cli;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.sluice.auth.KeyReader;
import io.sluice.auth.KeyReading;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Signs tokens with a secret or key that a gateway would accept. Immutable. */
final class TokenSigner {

    private static final Pattern PEM =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);
    private static final int LEAST_RSA_BITS = 2048;

    private final String algorithm;
    private final Key key;

    private TokenSigner(String algorithm, Key key) {
        this.algorithm = algorithm;
        this.key = key;
    }

    /**
     * @throws RefusedException for one that a gateway would refuse too
     */
    static TokenSigner ofSecret(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        if (KeyReader.secret(bytes) instanceof KeyReading.Unusable unusable) {
            throw refused(bytes.length + " bytes", unusable.expected(), "secret");
        }
        return new TokenSigner("HS256", new SecretKeySpec(bytes, "HmacSHA256"));
    }

    /**
     * @throws RefusedException for a text that is no private key, and for a weak one
     */
    static TokenSigner ofKey(String pem) {
        Matcher block = PEM.matcher(pem);
        PrivateKey key = block.find() ? privateKey(block.group(1)) : null;
        if (key instanceof RSAPrivateKey rsa) {
            int bits = rsa.getModulus().bitLength();
            if (bits < LEAST_RSA_BITS) {
                throw refused("RSA of " + bits + " bits", ">= " + LEAST_RSA_BITS + " bits", "key");
            }
            return new TokenSigner("RS256", rsa);
        }
        if (key instanceof ECPrivateKey ec) {
            return switch (ec.getParams().getOrder().bitLength()) {
                case 256 -> new TokenSigner("ES256", ec);
                case 384 -> new TokenSigner("ES384", ec);
                case 521 -> new TokenSigner("ES512", ec);
                default -> throw refused("another curve", "P-256, P-384 or P-521", "key");
            };
        }
        if (key != null) {
            return new TokenSigner("EdDSA", key);
        }
        throw refused(
                "no private key", "PEM (PKCS #8) of an RSA, EC or Ed25519 private key", "key");
    }

    private static RefusedException refused(String value, String expected, String name) {
        return new RefusedException(name + ": " + value + " (expected: " + expected + ")");
    }

    private static @Nullable PrivateKey privateKey(String body) {
        try {
            byte[] der = Base64.getMimeDecoder().decode(body);
            for (String kind : List.of("RSA", "EC", "Ed25519")) {
                PrivateKey key = privateKey(kind, der);
                if (key != null) {
                    return key;
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
            return null;
        }
        return null;
    }

    private static @Nullable PrivateKey privateKey(String kind, byte[] der)
            throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (InvalidKeySpecException otherKind) {
            // The encoding names its kind; the next factory may know it.
            return null;
        }
    }

    String sign(@Nullable String keyId, Map<String, Object> claims) {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("alg", algorithm);
        header.put("typ", "JWT");
        if (keyId != null) {
            header.put("kid", keyId);
        }
        String input = encoded(header) + "." + encoded(claims);
        try {
            byte[] signature = signature(input.getBytes(StandardCharsets.US_ASCII));
            return input + "." + Base64URL.encode(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key cannot sign: " + e.getMessage(), e);
        }
    }

    private static String encoded(Map<String, Object> json) {
        return Base64URL.encode(JSONObjectUtils.toJSONString(json)).toString();
    }

    private byte[] signature(byte[] input) throws GeneralSecurityException {
        if (key instanceof PrivateKey secret) {
            Signature signature = Signature.getInstance(jcaName());
            signature.initSign(secret);
            signature.update(input);
            return signature.sign();
        }
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        return mac.doFinal(input);
    }

    /** In P1363 format an elliptic signature is as RFC 7518 section 3.4 has it. */
    private String jcaName() {
        return switch (algorithm) {
            case "RS256" -> "SHA256withRSA";
            case "ES256" -> "SHA256withECDSAinP1363Format";
            case "ES384" -> "SHA384withECDSAinP1363Format";
            case "ES512" -> "SHA512withECDSAinP1363Format";
            default -> "Ed25519";
        };
    }
}
