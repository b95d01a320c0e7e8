package peer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cloud.gateway.filter.ratelimit.KeyResolver;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Spring Cloud Gateway as its own documentation sets it up. The property {@code peer.security} is
 * {@code open} for a chain that permits all, {@code jwt} for a resource server, {@code off} for
 * none.
 */
@SpringBootApplication
public class StockGateway {

    public static void main(String[] arguments) {
        SpringApplication.run(StockGateway.class, arguments);
    }

    @Bean
    @ConditionalOnProperty(name = "peer.security", havingValue = "open")
    SecurityWebFilterChain open(ServerHttpSecurity http) {
        return http.csrf(ServerHttpSecurity.CsrfSpec::disable)
                .authorizeExchange(exchange -> exchange.anyExchange().permitAll())
                .build();
    }

    @Bean
    @ConditionalOnProperty(name = "peer.security", havingValue = "jwt")
    SecurityWebFilterChain jwt(ServerHttpSecurity http) {
        return http.csrf(ServerHttpSecurity.CsrfSpec::disable)
                .authorizeExchange(
                        exchange ->
                                exchange.pathMatchers("/actuator/**")
                                        .permitAll()
                                        .anyExchange()
                                        .authenticated())
                .oauth2ResourceServer(server -> server.jwt(jwt -> {}))
                .build();
    }

    /** Limits by user, as {@code RateLimit} with {@code key: user} does. */
    @Bean
    KeyResolver user() {
        return exchange ->
                exchange.getPrincipal()
                        .map(principal -> principal.getName())
                        .switchIfEmpty(Mono.just("anonymous"));
    }
}
