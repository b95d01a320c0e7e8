package io.sluice.auth;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * An issuer for tests, good and evil: signs whatever header and payload it is told to, by hand, so
 * that it can write tokens which no library would. Immutable.
 */
public final class TokenMint {

    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    private final String algorithm;
    private final String kid;
    private final PrivateKey privateKey;
    private final PublicKey publicKey;
    private final byte[] secret;

    private TokenMint(String algorithm, String kid, KeyPair pair, byte[] secret) {
        this.algorithm = algorithm;
        this.kid = kid;
        this.privateKey = pair == null ? null : pair.getPrivate();
        this.publicKey = pair == null ? null : pair.getPublic();
        this.secret = secret;
    }

    /** A new RSA key of 2048 bits. */
    public static TokenMint rsa(String algorithm, String kid) {
        return rsa(algorithm, kid, 2048);
    }

    public static TokenMint rsa(String algorithm, String kid, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return new TokenMint(algorithm, kid, generator.generateKeyPair(), null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A new key on the curve of ES256, ES384 or ES512. */
    public static TokenMint ec(String algorithm, String kid) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve(algorithm)[0]));
            return new TokenMint(algorithm, kid, generator.generateKeyPair(), null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static TokenMint ed25519(String kid) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return new TokenMint("EdDSA", kid, pair, null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Signs with HMAC under these bytes, whatever they are: a public key's, for instance. */
    public static TokenMint hmac(String algorithm, String kid, byte[] secret) {
        return new TokenMint(algorithm, kid, null, secret);
    }

    /** The same key under another algorithm. */
    public TokenMint as(String otherAlgorithm) {
        KeyPair pair = privateKey == null ? null : new KeyPair(publicKey, privateKey);
        return new TokenMint(otherAlgorithm, kid, pair, secret);
    }

    /** The same key under another kid. */
    public TokenMint called(String otherKid) {
        KeyPair pair = privateKey == null ? null : new KeyPair(publicKey, privateKey);
        return new TokenMint(algorithm, otherKid, pair, secret);
    }

    public PublicKey publicKey() {
        return publicKey;
    }

    public String pem() {
        String body = Base64.getMimeEncoder().encodeToString(publicKey.getEncoded());
        return "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
    }

    /** A token with the ordinary header. */
    public String token(Map<String, Object> claims) {
        return token(header(), claims);
    }

    public String token(Map<String, Object> header, Map<String, Object> claims) {
        return raw(JSONObjectUtils.toJSONString(header), JSONObjectUtils.toJSONString(claims));
    }

    /** Signs these very texts. */
    public String raw(String header, String payload) {
        return sign(encode(header) + "." + encode(payload));
    }

    /** Appends the signature of exactly this input. */
    public String sign(String input) {
        byte[] signature = signature(input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + BASE64URL.encodeToString(signature);
    }

    /** {@code alg} and, where the mint has one, {@code kid}; free to be changed. */
    public Map<String, Object> header() {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("alg", algorithm);
        if (kid != null) {
            header.put("kid", kid);
        }
        return header;
    }

    /** A set of the public keys of these mints. */
    public static String jwkSet(TokenMint... mints) {
        List<Map<String, Object>> keys = Arrays.stream(mints).map(TokenMint::jwk).toList();
        return JSONObjectUtils.toJSONString(Map.of("keys", keys));
    }

    /** The public key as a JWK; free to be changed. */
    public Map<String, Object> jwk() {
        Map<String, Object> jwk = new LinkedHashMap<>();
        if (kid != null) {
            jwk.put("kid", kid);
        }
        if (publicKey instanceof RSAPublicKey rsa) {
            jwk.put("kty", "RSA");
            jwk.put("n", number(rsa.getModulus(), (rsa.getModulus().bitLength() + 7) / 8));
            jwk.put("e", number(rsa.getPublicExponent(), 3));
        } else if (publicKey instanceof ECPublicKey ec) {
            int bytes = (ec.getParams().getCurve().getField().getFieldSize() + 7) / 8;
            jwk.put("kty", "EC");
            jwk.put("crv", curve(algorithm)[1]);
            jwk.put("x", number(ec.getW().getAffineX(), bytes));
            jwk.put("y", number(ec.getW().getAffineY(), bytes));
        } else if (publicKey != null) {
            byte[] der = publicKey.getEncoded();
            jwk.put("kty", "OKP");
            jwk.put("crv", "Ed25519");
            jwk.put(
                    "x",
                    BASE64URL.encodeToString(Arrays.copyOfRange(der, der.length - 32, der.length)));
        } else {
            jwk.put("kty", "oct");
            jwk.put("k", BASE64URL.encodeToString(secret));
        }
        return jwk;
    }

    public static String encode(String text) {
        return BASE64URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] signature(byte[] input) {
        try {
            String hash = "SHA" + algorithm.substring(2);
            if (secret != null) {
                Mac mac = Mac.getInstance("Hmac" + hash);
                mac.init(new SecretKeySpec(secret, "HMAC"));
                return mac.doFinal(input);
            }
            Signature signer = signer();
            signer.initSign(privateKey);
            signer.update(input);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Signature signer() throws GeneralSecurityException {
        String bits = algorithm.substring(2);
        if (privateKey.getAlgorithm().startsWith("Ed")) {
            return Signature.getInstance("Ed25519");
        }
        if (privateKey.getAlgorithm().equals("EC")) {
            return Signature.getInstance("SHA" + bits + "withECDSAinP1363Format");
        }
        if (algorithm.startsWith("PS")) {
            Signature signer = Signature.getInstance("RSASSA-PSS");
            String hash = "SHA-" + bits;
            signer.setParameter(
                    new PSSParameterSpec(
                            hash,
                            "MGF1",
                            new MGF1ParameterSpec(hash),
                            Integer.parseInt(bits) / 8,
                            1));
            return signer;
        }
        return Signature.getInstance("SHA" + bits + "withRSA");
    }

    private static String[] curve(String algorithm) {
        return switch (algorithm) {
            case "ES384" -> new String[] {"secp384r1", "P-384"};
            case "ES512" -> new String[] {"secp521r1", "P-521"};
            default -> new String[] {"secp256r1", "P-256"};
        };
    }

    private static String number(BigInteger value, int bytes) {
        byte[] raw = value.toByteArray();
        byte[] fixed = new byte[bytes];
        int from = Math.max(0, raw.length - bytes);
        int length = raw.length - from;
        System.arraycopy(raw, from, fixed, bytes - length, length);
        return BASE64URL.encodeToString(fixed);
    }
}
