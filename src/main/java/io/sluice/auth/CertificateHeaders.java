package io.sluice.auth;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The headers that tell an upstream which certificate the client showed. Stateless. */
public final class CertificateHeaders {

    /** The certificate itself (RFC 9440 section 2.2). */
    public static final String CERTIFICATE = "Client-Cert";

    /** Its subject (RFC 2253), percent-encoded as identity headers are. */
    public static final String SUBJECT = "X-Client-Cert-Subject";

    /** What an upstream could take for the gateway's word; never a client's. */
    public static final List<String> ALL = List.of(CERTIFICATE, "Client-Cert-Chain", SUBJECT);

    /** In characters; more than this would crowd out the rest of a request's head. */
    static final int LONGEST = 6_144;

    private CertificateHeaders() {}

    /**
     * The headers in the order in which they are to be written.
     *
     * @return {@code null} for a certificate that is too large to be passed on, or cannot be
     */
    public static @Nullable Map<String, String> of(X509Certificate certificate) {
        Map<String, String> headers = new LinkedHashMap<>();
        try {
            String encoded = Base64.getEncoder().encodeToString(certificate.getEncoded());
            headers.put(CERTIFICATE, ":" + encoded + ":");
        } catch (CertificateEncodingException broken) {
            return null;
        }
        String subject = HeaderValue.encode(certificate.getSubjectX500Principal().getName());
        if (subject != null) {
            headers.put(SUBJECT, subject);
        }
        int length = headers.values().stream().mapToInt(String::length).sum();
        return length > LONGEST ? null : headers;
    }
}
