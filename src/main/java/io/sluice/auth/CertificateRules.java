package io.sluice.auth;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a route asks of the certificate that the client showed in the TLS handshake. Whether the
 * certificate is genuine was decided there. Immutable.
 *
 * @param names a certificate must have one of these as a subject alternative name: a DNS name, a
 *     URI (a SPIFFE id, for instance) or an e-mail address, compared character by character; empty:
 *     any certificate will do
 * @param optional whether a request without a certificate passes
 */
public record CertificateRules(Set<String> names, boolean optional) {

    /** What was decided of one request. */
    public enum Access {
        GRANTED,
        /** Granted to nobody in particular. */
        ANONYMOUS,
        MISSING,
        /** A genuine certificate, but of nobody who may come in here. */
        FORBIDDEN
    }

    /** Kinds of names of RFC 5280 section 4.2.1.6: rfc822Name, dNSName, URI. */
    private static final Set<Integer> KINDS = Set.of(1, 2, 6);

    public CertificateRules {
        names = Set.copyOf(names);
    }

    public Access check(@Nullable X509Certificate certificate) {
        if (certificate == null) {
            return optional ? Access.ANONYMOUS : Access.MISSING;
        }
        return names.isEmpty() || namesOf(certificate).stream().anyMatch(names::contains)
                ? Access.GRANTED
                : Access.FORBIDDEN;
    }

    /** None where the extension cannot be read: then no rule is met. */
    private static Set<String> namesOf(X509Certificate certificate) {
        Set<String> found = new LinkedHashSet<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> one : all == null ? List.<List<?>>of() : all) {
                if (one.get(0) instanceof Integer kind
                        && KINDS.contains(kind)
                        && one.get(1) instanceof String name) {
                    found.add(name);
                }
            }
        } catch (CertificateParsingException unreadable) {
            return Set.of();
        }
        return found;
    }
}
