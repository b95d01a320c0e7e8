package io.sluice.it;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Certificates made for a test, as PEM files and as a client's TLS context. */
final class Pki {

    private Pki() {}

    static X509Bundle authority(String name) {
        try {
            return new CertificateBuilder()
                    .subject("CN=" + name)
                    .ecp256()
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static CertificateBuilder subject(String name) {
        return new CertificateBuilder().subject("CN=" + name).ecp256();
    }

    static X509Bundle issue(X509Bundle authority, CertificateBuilder certificate) {
        try {
            return certificate.buildIssuedBy(authority);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Key and certificate in one file, so that a reader sees the old pair or the new one. */
    static Path write(Path directory, String name, X509Bundle keys) {
        return write(directory, name, keys.getPrivateKeyPEM() + keys.getCertificatePathPEM());
    }

    /** In one step, as a mounted secret changes. */
    static Path write(Path directory, String name, String text) {
        try {
            Path next = Files.writeString(directory.resolve(name + ".next"), text);
            return Files.move(next, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A client that believes this authority and shows these keys, if any, whoever's the server asks
     * for.
     */
    static SSLContext client(X509Bundle authority, @Nullable X509Bundle own) {
        try {
            KeyManager[] keys = own == null ? null : new KeyManager[] {new Insisting(own)};
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(keys, authority.toTrustManagerFactory().getTrustManagers(), null);
            return tls;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Insisting extends X509ExtendedKeyManager {

        private final X509Bundle keys;

        Insisting(X509Bundle keys) {
            this.keys = keys;
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return "own";
        }

        @Override
        public String chooseEngineClientAlias(
                String[] types, Principal[] issuers, SSLEngine engine) {
            return "own";
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return keys.getCertificatePath();
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return keys.getKeyPair().getPrivate();
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {"own"};
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }
    }
}
