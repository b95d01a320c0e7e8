package io.sluice.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import org.jspecify.annotations.Nullable;

/**
 * One key that verifies signatures of one family of algorithms, and of a single one where its JWK
 * says so. Immutable and safe for use by any number of threads.
 */
public final class VerificationKey {

    /** Checks one signature; false where it is wrong in any way. */
    private interface Check {
        boolean verify(Algorithm algorithm, byte[] input, byte[] signature)
                throws JOSEException, GeneralSecurityException;
    }

    private final @Nullable String id;
    private final Algorithm.Family family;
    private final @Nullable String only;
    private final String thumbprint;
    private final Check check;

    private VerificationKey(
            @Nullable String id,
            Algorithm.Family family,
            @Nullable String only,
            String thumbprint,
            Check check) {
        this.id = id;
        this.family = family;
        this.only = only;
        this.thumbprint = thumbprint;
        this.check = check;
    }

    static VerificationKey of(
            @Nullable String id,
            Algorithm.Family family,
            @Nullable String only,
            String thumbprint,
            JWSVerifier verifier) {
        // The header handed to Nimbus is ours, never the token's: it decides nothing.
        return new VerificationKey(
                id,
                family,
                only,
                thumbprint,
                (algorithm, input, signature) ->
                        verifier.verify(
                                new JWSHeader(algorithm.jose()),
                                input,
                                Base64URL.encode(signature)));
    }

    /** An Ed25519 key (RFC 8037), verified by the JDK: Nimbus would need another library. */
    static VerificationKey ed25519(
            @Nullable String id, @Nullable String only, String thumbprint, PublicKey key) {
        return new VerificationKey(
                id,
                Algorithm.Family.ED25519,
                only,
                thumbprint,
                (algorithm, input, signature) -> {
                    Signature verifier = Signature.getInstance("Ed25519");
                    verifier.initVerify(key);
                    verifier.update(input);
                    return verifier.verify(signature);
                });
    }

    /** The {@code kid}, or null where it has none. */
    public @Nullable String id() {
        return id;
    }

    /**
     * The {@code kid} or else the thumbprint; null for a secret, of which not even a hash is to be
     * told.
     */
    @Nullable String name() {
        if (id != null) {
            return id;
        }
        return family == Algorithm.Family.SECRET ? null : thumbprint;
    }

    /** RFC 7638 thumbprint: two keys are the same key exactly if these are equal. */
    public String thumbprint() {
        return thumbprint;
    }

    /** Whether the algorithm belongs to this key's family and its {@code alg}, if it has one. */
    boolean fits(Algorithm algorithm) {
        return family == algorithm.family() && (only == null || only.equals(algorithm.name()));
    }

    boolean verifies(Algorithm algorithm, byte[] input, byte[] signature) {
        try {
            return check.verify(algorithm, input, signature);
        } catch (JOSEException | GeneralSecurityException unusable) {
            // A signature of the wrong length or form is simply a wrong one.
            return false;
        }
    }

    /** Says which key, never what is in it. */
    @Override
    public String toString() {
        return "VerificationKey[kid=" + id + ", family=" + family + "]";
    }
}
