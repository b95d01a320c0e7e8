package io.sluice.auth.spring;

import io.sluice.auth.CertificateHeaders;
import io.sluice.auth.CertificateRules;
import io.sluice.auth.spring.AuthMetrics.Result;
import io.sluice.pipeline.Explains;
import io.sluice.pipeline.Inline;
import io.sluice.pipeline.Stage;
import io.sluice.problem.Problem;
import io.sluice.problem.spring.ProblemWriter;
import java.security.cert.X509Certificate;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** One route's {@code ClientCertificate}. */
@Inline
final class ClientCertificateFilter implements GatewayFilter, Ordered, Explains {

    private final CertificateRules rules;
    private final AuthMetrics metrics;

    ClientCertificateFilter(CertificateRules rules, AuthMetrics metrics) {
        this.rules = rules;
        this.metrics = metrics;
    }

    @Override
    public int getOrder() {
        return Stage.AUTHENTICATE.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        X509Certificate certificate = certificate(exchange.getRequest());
        return switch (rules.check(certificate)) {
            case MISSING -> refuse(exchange, Result.NO_CREDENTIAL, AuthProblems.NO_CERTIFICATE);
            case FORBIDDEN -> forbidden(exchange);
            case ANONYMOUS -> pass(exchange, chain, Result.ANONYMOUS, Map.of());
            case GRANTED -> {
                Map<String, String> headers =
                        certificate == null ? null : CertificateHeaders.of(certificate);
                yield headers == null
                        ? forbidden(exchange)
                        : pass(exchange, chain, Result.CLIENT_CERTIFICATE, headers);
            }
        };
    }

    @Override
    public Mono<Said> explain(ServerWebExchange exchange) {
        Map<String, Object> asks =
                rules.names().isEmpty() ? Map.of() : Map.of("names", rules.names());
        return new AuthPreview("ClientCertificate", asks, rules.optional())
                .passes("not checked: a certificate comes with a connection", exchange);
    }

    private Mono<Void> forbidden(ServerWebExchange exchange) {
        return refuse(exchange, Result.INSUFFICIENT_SCOPE, AuthProblems.CERTIFICATE_NOT_ALLOWED);
    }

    private Mono<Void> pass(
            ServerWebExchange exchange,
            GatewayFilterChain chain,
            Result result,
            Map<String, String> headers) {
        metrics.count(result);
        ServerHttpRequest request =
                exchange.getRequest()
                        .mutate()
                        .headers(
                                all -> {
                                    CertificateHeaders.ALL.forEach(all::remove);
                                    headers.forEach(all::set);
                                })
                        .build();
        return chain.filter(exchange.mutate().request(request).build());
    }

    /** The client's own, without those that it was issued by. */
    private static @Nullable X509Certificate certificate(ServerHttpRequest request) {
        SslInfo tls = request.getSslInfo();
        X509Certificate[] chain = tls == null ? null : tls.getPeerCertificates();
        return chain == null || chain.length == 0 ? null : chain[0];
    }

    private Mono<Void> refuse(ServerWebExchange exchange, Result result, Problem problem) {
        metrics.count(result);
        return ProblemWriter.write(exchange, problem);
    }

    @Override
    public String toString() {
        return "ClientCertificate" + rules;
    }
}
