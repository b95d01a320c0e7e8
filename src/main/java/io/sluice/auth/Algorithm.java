package io.sluice.auth;

import com.nimbusds.jose.JWSAlgorithm;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The signature algorithms that Sluice can verify (RFC 7518 section 3.1, RFC 8037). What is not
 * listed here, {@code none} above all, does not exist for it.
 */
public enum Algorithm {
    RS256(Family.RSA, JWSAlgorithm.RS256, 0),
    RS384(Family.RSA, JWSAlgorithm.RS384, 0),
    RS512(Family.RSA, JWSAlgorithm.RS512, 0),
    PS256(Family.RSA, JWSAlgorithm.PS256, 0),
    PS384(Family.RSA, JWSAlgorithm.PS384, 0),
    PS512(Family.RSA, JWSAlgorithm.PS512, 0),
    ES256(Family.P256, JWSAlgorithm.ES256, 0),
    ES384(Family.P384, JWSAlgorithm.ES384, 0),
    ES512(Family.P521, JWSAlgorithm.ES512, 0),
    EdDSA(Family.ED25519, JWSAlgorithm.EdDSA, 0),
    HS256(Family.SECRET, JWSAlgorithm.HS256, 32),
    HS384(Family.SECRET, JWSAlgorithm.HS384, 48),
    HS512(Family.SECRET, JWSAlgorithm.HS512, 64);

    /** The kind of key an algorithm needs; a key belongs to exactly one. */
    public enum Family {
        RSA,
        P256,
        P384,
        P521,
        ED25519,
        SECRET
    }

    /** Accepted where an issuer with a public key names none. */
    public static final Set<Algorithm> ASYMMETRIC_DEFAULT = Set.of(RS256, ES256, PS256, EdDSA);

    /** Accepted where an issuer with a shared secret names none. */
    public static final Set<Algorithm> SECRET_DEFAULT = Set.of(HS256);

    private final Family family;
    private final JWSAlgorithm jose;
    private final int secretBytes;

    Algorithm(Family family, JWSAlgorithm jose, int secretBytes) {
        this.family = family;
        this.jose = jose;
        this.secretBytes = secretBytes;
    }

    public Family family() {
        return family;
    }

    /** True for the HMAC algorithms, whose key is a secret shared with the issuer. */
    public boolean symmetric() {
        return family == Family.SECRET;
    }

    /**
     * The least bytes of a secret for this algorithm (RFC 7518 section 3.2); 0 with public keys.
     */
    public int secretBytes() {
        return secretBytes;
    }

    JWSAlgorithm jose() {
        return jose;
    }

    /** The algorithm of exactly this name, or null. Names are case-sensitive (RFC 7515 4.1.1). */
    public static @Nullable Algorithm named(String name) {
        for (Algorithm algorithm : values()) {
            if (algorithm.name().equals(name)) {
                return algorithm;
            }
        }
        return null;
    }

    /** The names, for messages. */
    public static String names(boolean symmetric) {
        List<Algorithm> all = Arrays.asList(values());
        return all.stream()
                .filter(a -> a.symmetric() == symmetric)
                .map(Enum::name)
                .collect(Collectors.joining(", "));
    }
}
