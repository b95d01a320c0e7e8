package io.sluice.reload.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.SluiceApplication;
import io.sluice.reload.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;

class RehearsalTest {

    private static final String GOOD =
            """
            spring.cloud.gateway.server.webflux.routes:
              - id: orders
                uri: lb://orders
                predicates: [ "Path=/orders/**" ]
                filters: [ "RateLimit=per-ip" ]
            sluice:
              rate-limits:
                per-ip: { key: ip, capacity: 2, refill-tokens: 1, refill-period: 1s }
              upstreams:
                orders:
                  instances: [ { uri: "http://127.0.0.1:9" } ]
            """;

    @TempDir Path directory;

    private Rehearsal rehearse(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("application.yml"), yaml);
        return Rehearsal.ofFile(SluiceApplication.class, file);
    }

    private Refusal refusal(String yaml) throws IOException {
        try (Rehearsal rehearsal = rehearse(yaml)) {
            Refusal refusal = rehearsal.refusal();
            assertThat(refusal).isNotNull();
            return refusal;
        }
    }

    @Test
    void goodFile_hasItsRoutesAndListensNowhere() throws IOException {
        try (Rehearsal rehearsal = rehearse(GOOD)) {
            assertThat(rehearsal.refusal()).isNull();
            RouteLocator routes =
                    rehearsal.context().getBean("cachedCompositeRouteLocator", RouteLocator.class);
            assertThat(routes.getRoutes().map(Route::getId).collectList().block())
                    .containsExactly("orders");
            assertThat(((WebServerApplicationContext) rehearsal.context()).getWebServer().getPort())
                    .isEqualTo(-1);
        }
    }

    @Test
    void wrongValue_isToldWithFileLineKeyValueAndReason() throws IOException {
        Refusal refusal = refusal(GOOD.replace("capacity: 2", "capacity: 0"));
        assertThat(refusal.file()).isEqualTo(directory.resolve("application.yml").toString());
        assertThat(refusal.line()).isEqualTo(8);
        assertThat(refusal.key()).isEqualTo("sluice.rate-limits.per-ip.capacity");
        assertThat(refusal.value()).isEqualTo("0");
        assertThat(refusal.reason()).contains(">= 1");
    }

    @Test
    void wrongType_isToldByItsLine() throws IOException {
        Refusal refusal = refusal(GOOD.replace("refill-period: 1s", "refill-period: soon"));
        assertThat(refusal.line()).isEqualTo(8);
        assertThat(refusal.key()).isEqualTo("sluice.rate-limits.per-ip.refill-period");
        assertThat(refusal.value()).isEqualTo("soon");
    }

    @Test
    void keyThatNobodyReads_isToldByItsLine() throws IOException {
        Refusal refusal = refusal(GOOD.replace("  upstreams:", "  upsteams:"));
        assertThat(refusal.line()).isEqualTo(11);
        assertThat(refusal.key()).startsWith("sluice.upsteams");
    }

    @Test
    void routeToNobody_isFoundByItsId() throws IOException {
        Refusal refusal = refusal(GOOD.replace("lb://orders", "lb://order"));
        assertThat(refusal.line()).isEqualTo(3);
        assertThat(refusal.key())
                .isEqualTo("spring.cloud.gateway.server.webflux.routes[orders].uri");
        assertThat(refusal.value()).isEqualTo("lb://order");
    }

    @Test
    void noYaml_isToldByItsLine() throws IOException {
        Refusal refusal = refusal(GOOD.replace("filters: [ ", "filters: [[ "));
        assertThat(refusal.file()).isEqualTo(directory.resolve("application.yml").toString());
        assertThat(refusal.line()).isPositive();
        assertThat(refusal.reason()).contains("YAML");
    }
}
