package io.sluice.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AccessRecordTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static AccessRecord record(String path, @Nullable String subject, double millis) {
        return new AccessRecord(
                Instant.parse("2026-11-24T05:06:07.123Z"),
                "id-1",
                "192.0.2.1",
                "GET",
                path,
                200,
                42,
                millis,
                "orders",
                "orders",
                "10.0.0.1:8080",
                1,
                1.5,
                "allowed",
                "redis",
                subject,
                "4bf92f3577b34da6a3ce929d0e0e4736",
                "success");
    }

    @Test
    void toJson_fullRecord_holdsEveryField() {
        JsonNode line = JSON.readTree(record("/orders/1", "ada", 12.3456).toJson());

        assertThat(line.get("time").asString()).isEqualTo("2026-11-24T05:06:07.123Z");
        assertThat(line.get("requestId").asString()).isEqualTo("id-1");
        assertThat(line.get("status").asInt()).isEqualTo(200);
        assertThat(line.get("bytes").asLong()).isEqualTo(42);
        assertThat(line.get("millis").asDouble()).isEqualTo(12.346);
        assertThat(line.get("upstreamMillis").asDouble()).isEqualTo(1.5);
        assertThat(line.get("rateLimit").asString()).isEqualTo("allowed");
        assertThat(line.get("rateLimitSource").asString()).isEqualTo("redis");
        assertThat(line.get("subject").asString()).isEqualTo("ada");
        assertThat(line.get("traceId").asString()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(line.get("outcome").asString()).isEqualTo("success");
    }

    @Test
    void toJson_absentValues_areLeftOut() {
        AccessRecord bare =
                new AccessRecord(
                        Instant.EPOCH,
                        "id",
                        "",
                        "GET",
                        "/",
                        404,
                        0,
                        0.001,
                        null,
                        null,
                        null,
                        0,
                        -1,
                        null,
                        null,
                        null,
                        null,
                        "client_error");

        JsonNode line = JSON.readTree(bare.toJson());

        assertThat(line.has("route")).isFalse();
        assertThat(line.has("upstreamMillis")).isFalse();
        assertThat(line.has("subject")).isFalse();
        assertThat(line.has("traceId")).isFalse();
        assertThat(line.get("millis").asDouble()).isEqualTo(0.001);
    }

    @Test
    void toJson_controlCharacters_stayOnOneLineAndRoundTrip() {
        String hostile = "/a\n\r\t\"\\\u0000\u001b[31m\u2028\u2029\u007f\u0085é";

        String line = record(hostile, hostile, 1).toJson();

        assertThat(line).doesNotContain("\n", "\r", "\u2028", "\u2029", "\u001b", "\u0085");
        assertThat(JSON.readTree(line).get("path").asString()).isEqualTo(hostile);
    }

    @Test
    void toJson_endlessValue_isCut() {
        assertThat(record("/" + "x".repeat(100_000), null, 1).toJson())
                .hasSizeLessThan(3_000)
                .contains("xxx...\"");
    }

    @ParameterizedTest
    @CsvSource({
        "200, success",
        "302, success",
        "400, client_error",
        "429, client_error",
        "500, server_error",
        "504, server_error"
    })
    void outcome_ofStatus_isItsClass(int status, String label) {
        assertThat(RequestOutcome.of(status).label()).isEqualTo(label);
    }
}
