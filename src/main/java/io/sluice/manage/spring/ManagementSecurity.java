package io.sluice.manage.spring;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.security.autoconfigure.actuate.web.reactive.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;
import reactor.core.publisher.Mono;

/**
 * The management port's guard, in the management port's own context: nothing of it runs on proxied
 * traffic. Without a token every exposed endpoint is open to whoever reaches the port; with one,
 * every endpoint but health asks for it, and of the console what it shows.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@EnableWebFluxSecurity
class ManagementSecurity {

    /** What a browser loads before anybody can type a token; none of it tells of this gateway. */
    private static final String[] CONSOLE_FILES = {
        "/console", "/console/", "/console/*.js", "/console/*.css", "/console/*.svg"
    };

    @Bean
    SecurityWebFilterChain managementSecurity(
            ServerHttpSecurity http, ManagementProperties properties) {
        http.csrf(ServerHttpSecurity.CsrfSpec::disable)
                .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
                .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
                .logout(ServerHttpSecurity.LogoutSpec::disable)
                .requestCache(ServerHttpSecurity.RequestCacheSpec::disable);
        String token = properties.token();
        if (token == null) {
            return http.authorizeExchange(rules -> rules.anyExchange().permitAll()).build();
        }
        return http.authorizeExchange(
                        rules ->
                                rules.matchers(EndpointRequest.to(HealthEndpoint.class))
                                        .permitAll()
                                        .pathMatchers(HttpMethod.GET, CONSOLE_FILES)
                                        .permitAll()
                                        .anyExchange()
                                        .authenticated())
                .oauth2ResourceServer(
                        server -> server.authenticationManagerResolver(e -> Mono.just(only(token))))
                .build();
    }

    /** Accepts this one token, compared in constant time. */
    private static ReactiveAuthenticationManager only(String token) {
        byte[] expected = token.getBytes(StandardCharsets.UTF_8);
        return authentication -> {
            Object offered = authentication.getCredentials();
            byte[] bytes = String.valueOf(offered).getBytes(StandardCharsets.UTF_8);
            if (!MessageDigest.isEqual(expected, bytes)) {
                return Mono.error(new BadCredentialsException("unknown token"));
            }
            authentication.setAuthenticated(true);
            return Mono.just(authentication);
        };
    }
}
