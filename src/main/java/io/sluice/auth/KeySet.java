package io.sluice.auth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one issuer at one time. Immutable.
 *
 * <p>Which keys are tried for a token:
 *
 * <ul>
 *   <li>keys of its {@code kid} that fit its algorithm;
 *   <li>failing that, and for a token without {@code kid}: the one fitting key of the set (for a
 *       token that names a {@code kid}, of those without one), provided there is exactly one;
 *   <li>keys read from a PEM file have no names, so each fitting one is tried.
 * </ul>
 */
public final class KeySet {

    private final List<VerificationKey> keys;
    private final boolean unnamed;

    private KeySet(List<VerificationKey> keys, boolean unnamed) {
        this.keys = List.copyOf(keys);
        this.unnamed = unnamed;
    }

    /** A JWK set's keys, chosen by {@code kid}. */
    static KeySet named(List<VerificationKey> keys) {
        return new KeySet(keys, false);
    }

    /** A PEM file's keys or a secret, chosen by trying. */
    static KeySet unnamed(List<VerificationKey> keys) {
        return new KeySet(keys, true);
    }

    public int size() {
        return keys.size();
    }

    /** Whether some key would be tried for such a token. */
    public boolean knows(Algorithm algorithm, @Nullable String kid) {
        return !candidates(algorithm, kid).isEmpty();
    }

    /** Whether this very key (by thumbprint) is in the set. */
    public boolean holds(VerificationKey key) {
        for (VerificationKey own : keys) {
            if (own == key || own.thumbprint().equals(key.thumbprint())) {
                return true;
            }
        }
        return false;
    }

    /** Whether any key of the set can be used with one of these algorithms. */
    public boolean serves(Iterable<Algorithm> algorithms) {
        for (Algorithm algorithm : algorithms) {
            if (keys.stream().anyMatch(key -> key.fits(algorithm))) {
                return true;
            }
        }
        return false;
    }

    List<VerificationKey> candidates(Algorithm algorithm, @Nullable String kid) {
        List<VerificationKey> fitting = keys.stream().filter(key -> key.fits(algorithm)).toList();
        if (unnamed) {
            return fitting;
        }
        if (kid == null) {
            return onlyOne(fitting);
        }
        List<VerificationKey> called =
                fitting.stream().filter(key -> kid.equals(key.id())).toList();
        return called.isEmpty()
                ? onlyOne(fitting.stream().filter(key -> key.id() == null).toList())
                : called;
    }

    private static List<VerificationKey> onlyOne(List<VerificationKey> fitting) {
        return fitting.size() == 1 ? fitting : List.of();
    }
}
