package io.sluice.it;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslHandler;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.server.HttpServer;

/** An instance that asks for a client's certificate and answers with its subject. */
final class TlsInstance {

    private TlsInstance() {}

    /**
     * @param clients whose certificates it believes
     * @param authority who issues its own
     */
    static DisposableServer start(
            X509Bundle clients, X509Bundle authority, CertificateBuilder certificate)
            throws Exception {
        X509Bundle keys = Pki.issue(authority, certificate);
        Http11SslContextSpec tls =
                Http11SslContextSpec.forServer(
                                keys.getKeyPair().getPrivate(), keys.getCertificatePath())
                        .configure(
                                builder ->
                                        builder.clientAuth(ClientAuth.REQUIRE)
                                                .trustManager(clients.getCertificate()));
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .secure(spec -> spec.sslContext(tls))
                .handle(
                        (request, response) -> {
                            if (request.requestHeaders().contains("Upgrade")) {
                                return response.sendWebsocket(
                                        (in, out) -> out.sendString(Mono.just("over TLS")));
                            }
                            String[] subject = new String[1];
                            request.withConnection(
                                    connection -> subject[0] = subjectOf(connection.channel()));
                            return response.header("Connection", "close")
                                    .sendString(Mono.just(subject[0]));
                        })
                .bindNow(Duration.ofSeconds(10));
    }

    private static String subjectOf(Channel channel) {
        try {
            SSLSession session = channel.pipeline().get(SslHandler.class).engine().getSession();
            return ((X509Certificate) session.getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        } catch (SSLPeerUnverifiedException e) {
            return "nobody";
        }
    }
}
