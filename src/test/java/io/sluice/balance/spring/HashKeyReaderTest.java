package io.sluice.balance.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.Identity;
import io.sluice.balance.Algorithm;
import io.sluice.balance.HashKeys;
import io.sluice.balance.PickRequest;
import io.sluice.edge.ClientAddress;
import io.sluice.edge.Forwarding;
import io.sluice.pipeline.RequestState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpCookie;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class HashKeyReaderTest {

    private final RequestState state = new RequestState("r", 0);

    private void from(String address) {
        ClientAddress client = Objects.requireNonNull(ClientAddress.parse(address));
        state.forwarding(new Forwarding(List.of(client), "http", "", 80));
    }

    private PickRequest read(Algorithm algorithm, String key, int ipv4Prefix) {
        MockServerHttpRequest request =
                MockServerHttpRequest.get("/a/b?q=from-query")
                        .header("X-Key", "from-header")
                        .header("X-Empty", "")
                        .cookie(new HttpCookie("sid", "from-cookie"))
                        .build();
        return new HashKeyReader(algorithm, HashKeySpec.parse("hash-key", key), ipv4Prefix)
                .read(request, state);
    }

    @ParameterizedTest
    @CsvSource({
        "header:x-key, from-header",
        "cookie:sid, from-cookie",
        "query:q, from-query",
        "claim:tenant, from-claim",
        "claim:number, 7",
        "path, /a/b"
    })
    void read_keyOfTheRequest_isItsHash(String key, String text) {
        state.identity(
                new Identity(
                        "s",
                        "i",
                        Set.of(),
                        Map.of("tenant", "from-claim", "number", 7),
                        Instant.MAX));

        assertThat(read(Algorithm.CONSISTENT_HASHING, key, 32))
                .isEqualTo(PickRequest.keyed(HashKeys.of(text)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "header:X-None",
                "header:X-Empty",
                "cookie:none",
                "query:none",
                "claim:tenant",
                "ip"
            })
    void read_keyThatIsAbsent_isUnkeyed(String key) {
        assertThat(read(Algorithm.CONSISTENT_HASHING, key, 32)).isEqualTo(PickRequest.UNKEYED);
    }

    @ParameterizedTest
    @CsvSource({"32, false", "24, true", "23, true"})
    void read_address_countsByItsPrefix(int prefix, boolean same) {
        from("192.0.2.7");
        PickRequest one = read(Algorithm.IP_HASH, "path", prefix);
        PickRequest sameByKey = read(Algorithm.CONSISTENT_HASHING, "ip", prefix);
        from("192.0.2.8");
        PickRequest other = read(Algorithm.IP_HASH, "path", prefix);

        assertThat(one.keyed()).isTrue();
        assertThat(sameByKey).isEqualTo(one);
        assertThat(one.equals(other)).isEqualTo(same);
    }

    @Test
    void read_otherAlgorithms_needNoKey() {
        from("192.0.2.7");

        assertThat(read(Algorithm.LEAST_CONNECTIONS, "ip", 32)).isEqualTo(PickRequest.UNKEYED);
    }
}
