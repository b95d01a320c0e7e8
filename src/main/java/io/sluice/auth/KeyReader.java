package io.sluice.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads key material into {@link KeySet}s. Stateless; never throws for what it is given. */
public final class KeyReader {

    /** RSA keys below this are refused (RFC 7518 section 3.3); above the maximum they cost CPU. */
    static final int MIN_RSA_BITS = 2048;

    static final int MAX_RSA_BITS = 16_384;

    /** A JWK set with more keys is refused as a whole. */
    public static final int MAX_KEYS = 100;

    private static final byte[] ED25519_SPKI_PREFIX =
            HexFormat.of().parseHex("302a300506032b6570032100");

    private KeyReader() {}

    /**
     * The usable public keys of a JWK set (RFC 7517). Left out: secrets, private keys, keys whose
     * {@code use} or {@code key_ops} is not verifying, weak or unknown ones.
     */
    public static KeyReading jwkSet(String json) {
        List<?> entries;
        try {
            Map<String, Object> set = JSONObjectUtils.parse(json);
            entries = set != null && set.get("keys") instanceof List<?> list ? list : null;
        } catch (ParseException malformed) {
            entries = null;
        }
        if (entries == null || entries.size() > MAX_KEYS) {
            return new KeyReading.Unusable("a JWK set of at most " + MAX_KEYS + " keys");
        }
        List<VerificationKey> keys = new ArrayList<>();
        for (Object entry : entries) {
            VerificationKey key = entry instanceof Map<?, ?> map ? fromEntry(map) : null;
            if (key != null) {
                keys.add(key);
            }
        }
        if (keys.isEmpty()) {
            return new KeyReading.Unusable(
                    "a JWK set with a public key for signatures: RSA of "
                            + rsaRange()
                            + ", EC, OKP");
        }
        return new KeyReading.Usable(KeySet.named(keys), entries.size() - keys.size());
    }

    /**
     * The usable public keys of a JWK set that must serve for some of these algorithms: a set that
     * could verify nothing is unusable, whatever else is in it.
     */
    public static KeyReading jwkSet(String json, Set<Algorithm> algorithms) {
        KeyReading reading = jwkSet(json);
        boolean useless =
                reading instanceof KeyReading.Usable usable && !usable.keys().serves(algorithms);
        return useless
                ? new KeyReading.Unusable("a key for one of the algorithms " + algorithms)
                : reading;
    }

    /** The one key of a shared secret. */
    public static KeyReading secret(byte[] secret) {
        if (secret.length < Algorithm.HS256.secretBytes()) {
            return new KeyReading.Unusable(">= 32 bytes");
        }
        try {
            String print =
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(secret));
            VerificationKey key =
                    VerificationKey.of(
                            null, Algorithm.Family.SECRET, null, print, new MACVerifier(secret));
            return new KeyReading.Usable(KeySet.unnamed(List.of(key)), 0);
        } catch (JOSEException | GeneralSecurityException refused) {
            return new KeyReading.Unusable("a secret that the JDK can use for HMAC");
        }
    }

    private static @Nullable VerificationKey fromEntry(Map<?, ?> entry) {
        try {
            @SuppressWarnings("unchecked")
            JWK jwk = JWK.parse((Map<String, Object>) entry);
            return isForVerifying(jwk) ? key(jwk) : null;
        } catch (ParseException | JOSEException | GeneralSecurityException unusable) {
            return null;
        } catch (IllegalArgumentException | IllegalStateException unusable) {
            // Nimbus reports a point off its curve and the like this way.
            return null;
        }
    }

    private static boolean isForVerifying(JWK jwk) {
        boolean use = jwk.getKeyUse() == null || KeyUse.SIGNATURE.equals(jwk.getKeyUse());
        boolean operations =
                jwk.getKeyOperations() == null
                        || jwk.getKeyOperations().contains(KeyOperation.VERIFY);
        return use && operations && !jwk.isPrivate();
    }

    /** The key of a public JWK, or null where it is weak or of a kind that is not known here. */
    static @Nullable VerificationKey key(JWK jwk) throws JOSEException, GeneralSecurityException {
        String kid = jwk.getKeyID();
        String only = jwk.getAlgorithm() == null ? null : jwk.getAlgorithm().getName();
        String print = jwk.computeThumbprint().toString();
        if (jwk instanceof RSAKey rsa) {
            RSAPublicKey key = rsa.toRSAPublicKey();
            int bits = key.getModulus().bitLength();
            boolean strong = bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS;
            boolean sound = key.getPublicExponent().testBit(0) && exponentFits(key);
            return strong && sound
                    ? VerificationKey.of(
                            kid, Algorithm.Family.RSA, only, print, new RSASSAVerifier(key))
                    : null;
        }
        if (jwk instanceof ECKey ec) {
            Algorithm.Family family = family(ec.getCurve());
            return family == null
                    ? null
                    : VerificationKey.of(kid, family, only, print, new ECDSAVerifier(ec));
        }
        if (jwk instanceof OctetKeyPair okp && Curve.Ed25519.equals(okp.getCurve())) {
            return VerificationKey.ed25519(kid, only, print, ed25519(okp.getDecodedX()));
        }
        return null;
    }

    private static boolean exponentFits(RSAPublicKey key) {
        int bits = key.getPublicExponent().bitLength();
        return bits >= 2 && bits <= 64;
    }

    private static Algorithm.@Nullable Family family(Curve curve) {
        if (Curve.P_256.equals(curve)) {
            return Algorithm.Family.P256;
        }
        if (Curve.P_384.equals(curve)) {
            return Algorithm.Family.P384;
        }
        return Curve.P_521.equals(curve) ? Algorithm.Family.P521 : null;
    }

    private static PublicKey ed25519(byte[] point) throws GeneralSecurityException {
        byte[] encoded = new byte[ED25519_SPKI_PREFIX.length + point.length];
        System.arraycopy(ED25519_SPKI_PREFIX, 0, encoded, 0, ED25519_SPKI_PREFIX.length);
        System.arraycopy(point, 0, encoded, ED25519_SPKI_PREFIX.length, point.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    static String rsaRange() {
        return MIN_RSA_BITS + " to " + MAX_RSA_BITS + " bits";
    }
}
