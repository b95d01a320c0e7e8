package io.sluice;

import io.sluice.cli.Commands;
import io.sluice.lifecycle.spring.EarlyStop;
import io.sluice.loops.TrafficLoops;
import io.sluice.reload.spring.GatewayStart;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration;

/**
 * The gateway, or with a command as its first argument the command line. Nothing is scanned: every
 * feature comes in through its own auto-configuration, whose line in {@code
 * AutoConfiguration.imports} switches it on. Spring Security's web filter chain is kept out of this
 * context, and so off proxied traffic: it guards the management port from that port's own context
 * ({@code manage.spring}).
 */
@SpringBootConfiguration
@EnableAutoConfiguration(
        exclude = {
            ReactiveWebSecurityAutoConfiguration.class,
            ReactiveManagementWebSecurityAutoConfiguration.class,
            ReactiveUserDetailsServiceAutoConfiguration.class
        })
public class SluiceApplication {

    public static void main(String[] args) {
        if (Commands.areIn(args)) {
            System.exit(Commands.run(SluiceApplication.class, args));
        }
        // Java's TLS otherwise lets clients of TLS 1.2 ask for handshakes without end.
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
        NettyDefaults.apply();
        GatewayStart.run(SluiceApplication::application, args);
    }

    private static SpringApplication application() {
        TrafficLoops.install();
        SpringApplication application = new SpringApplication(SluiceApplication.class);
        application.addListeners(EarlyStop.armed());
        return application;
    }
}
