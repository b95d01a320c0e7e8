package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.sluice.auth.CertificateRules.Access;
import java.security.cert.X509Certificate;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateRulesTest {

    private static final String SPIFFE = "spiffe://example.com/shop";

    private static X509Certificate certificate(CertificateBuilder certificate) throws Exception {
        X509Bundle authority =
                new CertificateBuilder()
                        .subject("CN=authority")
                        .ecp256()
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
        return certificate.ecp256().buildIssuedBy(authority).getCertificate();
    }

    private static X509Certificate shop() throws Exception {
        return certificate(
                new CertificateBuilder()
                        .subject("CN=shop")
                        .addSanDnsName("shop.example.com")
                        .addSanUriName(SPIFFE)
                        .addSanRfc822Name("shop@example.com")
                        .addSanIpAddress("10.0.0.1"));
    }

    @Test
    void check_nothingShown_isMissingUnlessOptional() {
        assertThat(new CertificateRules(Set.of(), false).check(null)).isEqualTo(Access.MISSING);
        assertThat(new CertificateRules(Set.of(), true).check(null)).isEqualTo(Access.ANONYMOUS);
    }

    @Test
    void check_noNamesAsked_grantsAny() throws Exception {
        X509Certificate nameless = certificate(new CertificateBuilder().subject("CN=x"));

        assertThat(new CertificateRules(Set.of(), false).check(nameless)).isEqualTo(Access.GRANTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop.example.com", SPIFFE, "shop@example.com"})
    void check_anAlternativeNameThatIsAsked_isGranted(String name) throws Exception {
        CertificateRules rules = new CertificateRules(Set.of("other", name), false);

        assertThat(rules.check(shop())).isEqualTo(Access.GRANTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop", "CN=shop", "10.0.0.1", "*.example.com", "SHOP.example.com"})
    void check_anythingElse_isForbiddenEvenIfOptional(String name) throws Exception {
        CertificateRules rules = new CertificateRules(Set.of(name), true);

        assertThat(rules.check(shop())).isEqualTo(Access.FORBIDDEN);
    }

    @Test
    void check_aCertificateWithoutNames_isForbiddenWhereOneIsAsked() throws Exception {
        X509Certificate nameless = certificate(new CertificateBuilder().subject("CN=shop"));

        assertThat(new CertificateRules(Set.of("shop"), false).check(nameless))
                .isEqualTo(Access.FORBIDDEN);
    }

    @Test
    void headers_ofACertificate_areItsDerAndItsSubject() throws Exception {
        X509Certificate certificate =
                certificate(new CertificateBuilder().subject("CN=a\u00e9,O=b"));

        assertThat(CertificateHeaders.of(certificate))
                .containsOnlyKeys("Client-Cert", "X-Client-Cert-Subject")
                .containsEntry("X-Client-Cert-Subject", "CN=a%C3%A9,O=b")
                .hasEntrySatisfying(
                        "Client-Cert", value -> assertThat(value).matches(":[A-Za-z0-9+/]+=*:"));
    }

    @Test
    void headers_ofACertificateThatIsTooLarge_areNone() throws Exception {
        CertificateBuilder large = new CertificateBuilder().subject("CN=large");
        for (int i = 0; i < 300; i++) {
            large.addSanDnsName("host-" + i + ".example.com");
        }

        assertThat(CertificateHeaders.of(certificate(large))).isNull();
    }

    @Test
    void headers_withoutASubject_areTheCertificateAlone() throws Exception {
        X509Certificate certificate =
                certificate(new CertificateBuilder().subject("").addSanDnsName("a.example.com"));

        assertThat(CertificateHeaders.of(certificate)).containsOnlyKeys("Client-Cert");
    }
}
