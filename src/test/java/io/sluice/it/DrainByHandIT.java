package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A drain that an operator starts and takes back, and a SIGTERM that comes too early. */
class DrainByHandIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String TOKEN = "a-management-token";

    @Test
    void drain_startedByHand_goesOnServingUntilItIsTakenBack() throws Exception {
        String yaml =
                """
                spring.cloud.gateway.server.webflux.routes:
                  - { id: all, uri: "lb://up", predicates: [ "Path=/**" ] }
                sluice:
                  shutdown.drain: 15s
                  upstreams.up.instances: [ { uri: "%s" } ]
                """;
        try (TestUpstream upstream = TestUpstream.start("up");
                Gateway gateway =
                        Gateway.launch(
                                        yaml.formatted(upstream.uri()),
                                        Map.of("SLUICE_MANAGEMENT_TOKEN", TOKEN))
                                .awaitReady()) {
            assertThat(drain(gateway, "POST", "wrong").statusCode()).isEqualTo(401);
            assertThat(state(drain(gateway, "GET", TOKEN))).isEqualTo("serving");

            assertThat(state(drain(gateway, "POST", TOKEN))).isEqualTo("draining");
            assertThat(gateway.get("/readyz").statusCode()).isEqualTo(503);
            assertThat(gateway.get("/livez").statusCode()).isEqualTo(200);
            assertThat(closes(gateway)).isTrue();
            // Nothing but probes arrives; the process goes on all the same, and serves.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> state(drain(gateway, "GET", TOKEN)).equals("closed"));
            assertThat(closes(gateway)).isTrue();
            assertThat(gateway.manage("/actuator/prometheus", bearer()).body())
                    .contains("sluice_drain_state{state=\"closed\"} 1.0")
                    .contains("sluice_drain_state{state=\"serving\"} 0.0");

            assertThat(state(drain(gateway, "DELETE", TOKEN))).isEqualTo("serving");
            assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200);
            assertThat(closes(gateway)).isFalse();

            long term = System.nanoTime();
            gateway.terminate();
            Awaitility.await().until(() -> gateway.get("/readyz").statusCode() == 503);
            assertThat(drain(gateway, "DELETE", TOKEN).statusCode()).isEqualTo(409);
            assertThat(gateway.awaitExit(Duration.ofSeconds(60))).isIn(0, 143);
            assertThat(Duration.ofNanos(System.nanoTime() - term))
                    .as("a quiet drain ends early")
                    .isLessThan(Duration.ofSeconds(15));
        }
    }

    private static String[] bearer() {
        return new String[] {"Authorization", "Bearer " + TOKEN};
    }

    private static HttpResponse<String> drain(Gateway gateway, String method, String token) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(gateway.managementUri("/actuator/drain"))
                        .method(method, HttpRequest.BodyPublishers.noBody());
        return gateway.send(request, "Authorization", "Bearer " + token);
    }

    private static String state(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode status = JSON.readTree(answer.body());
        return status.get("state").asString();
    }

    private static boolean closes(Gateway gateway) throws Exception {
        try (RawClient client = new RawClient(gateway.port())) {
            client.get("/one");
            RawClient.Answer answer = client.answer().orElseThrow();
            assertThat(answer.status()).isEqualTo(200);
            return answer.closes();
        }
    }

    /** The start waits for a name server that never answers when the signal comes. */
    @Test
    void sigterm_whileStarting_endsAtOnceWithoutEverServing() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            silent.setSoTimeout(180_000);
            String yaml =
                    """
                    sluice.upstreams.up.dns:
                      { name: up.sluice.test., port: 80, server: "127.0.0.1:%d" }
                    """;
            try (Gateway gateway =
                    Gateway.launch(yaml.formatted(silent.getLocalPort()), Map.of())) {
                silent.receive(new DatagramPacket(new byte[512], 512));

                gateway.terminate();

                assertThat(gateway.awaitExit(Duration.ofSeconds(20))).isEqualTo(143);
                assertThat(gateway.log())
                        .doesNotContain("routes are active")
                        .doesNotContain("stopped:");
            }
        }
    }
}
