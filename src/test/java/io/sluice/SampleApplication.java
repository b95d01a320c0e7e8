package io.sluice;

import io.sluice.sample.SampleIssuer;
import io.sluice.sample.SampleUpstreams;
import java.time.Duration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/**
 * The first run, {@code ./mvnw spring-boot:test-run}: the gateway as it is, with three instances of
 * different speed, an issuer with a fresh key and limits in this process. Needs nothing else, and
 * prints commands to paste. Its configuration is {@code sample/application.yml}.
 *
 * <p>The annotation is for Maven: of several main classes {@code test-run} takes the one that has
 * it. What is started is {@link SluiceApplication}.
 */
@SpringBootApplication
public final class SampleApplication {

    private SampleApplication() {}

    public static void main(String[] args) {
        SampleUpstreams upstreams = SampleUpstreams.start();
        SampleIssuer issuer = SampleIssuer.start();
        new SpringApplicationBuilder(SluiceApplication.class)
                .properties(
                        "spring.config.location=optional:classpath:/,classpath:/sample/application.yml,"
                                + "optional:file:./config/")
                .properties(upstreams.properties())
                .properties(issuer.properties())
                .listeners(
                        (ApplicationListener<ApplicationReadyEvent>)
                                event ->
                                        print(
                                                event.getApplicationContext().getEnvironment(),
                                                issuer.token(Duration.ofHours(8))))
                .run(args);
    }

    @SuppressWarnings("SystemOut")
    private static void print(Environment environment, String token) {
        String traffic = "http://localhost:" + environment.getProperty("local.server.port");
        String management = "http://localhost:" + environment.getProperty("local.management.port");
        System.out.println(
                """

                Sluice is up: three instances behind it answer after 5, 20 and 80 ms.

                # 200, with the name of the instance that answered
                curl -i -H 'Authorization: Bearer %1$s' %2$s/orders/1

                # 401: no token
                curl -i %2$s/orders/1

                # 10 requests pass, then 429: one more each second
                for i in $(seq 1 30); do curl -s -o /dev/null -w '%%{http_code} ' -H 'Authorization: Bearer %1$s' %2$s/orders/1; done; echo

                # the instances as the balancer sees them; metrics; readiness
                curl -s %3$s/actuator/upstreams
                curl -s %3$s/actuator/prometheus | grep ^sluice_
                curl -s %3$s/actuator/health/readiness
                """
                        .formatted(token, traffic, management));
    }
}
