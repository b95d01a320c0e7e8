package io.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.upstream.DnsAnswer.Absent;
import io.sluice.upstream.DnsAnswer.Failed;
import io.sluice.upstream.DnsAnswer.Found;
import io.sluice.upstream.ResolvedName.Round;
import io.sluice.upstream.ResolvedName.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResolvedNameTest {

    private static final DnsAnswer ABSENT = new Absent();
    private static final DnsAnswer FAILED = new Failed("SERVFAIL");

    private final ResolvedName name = new ResolvedName("https", 8443, Duration.ofSeconds(5));

    private static DnsAnswer found(String... addresses) {
        return new Found(List.of(addresses), Duration.ofSeconds(30));
    }

    private static List<String> ids(Round round) {
        return round.endpoints().stream().map(Endpoint::id).toList();
    }

    @Test
    void answered_bothFamilies_everyAddressIsAnEndpointOfWeightOne() {
        Round round =
                name.answered(found("10.0.0.1", "10.0.0.2", "10.0.0.1"), found("2001:db8::1"));

        assertThat(ids(round))
                .containsExactly("10.0.0.1:8443", "10.0.0.2:8443", "[2001:db8::1]:8443");
        assertThat(round.endpoints())
                .allSatisfy(
                        endpoint -> {
                            assertThat(endpoint.scheme()).isEqualTo("https");
                            assertThat(endpoint.weight()).isEqualTo(1);
                            assertThat(endpoint.zone()).isNull();
                        });
        assertThat(round.state()).isEqualTo(State.ANSWERING);
    }

    @Test
    void answered_addressesChange_theNewOnesReplaceTheOld() {
        name.answered(found("10.0.0.1", "10.0.0.2"), ABSENT);

        assertThat(ids(name.answered(found("10.0.0.2", "10.0.0.3"), ABSENT)))
                .containsExactly("10.0.0.2:8443", "10.0.0.3:8443");
    }

    @Test
    void answered_oneFamilyDropsOut_itsAddressesGoAtOnce() {
        name.answered(found("10.0.0.1"), found("2001:db8::1"));

        assertThat(ids(name.answered(ABSENT, found("2001:db8::1"))))
                .containsExactly("[2001:db8::1]:8443");
    }

    @Test
    void answered_oneFamilyFails_itsAddressesStay() {
        name.answered(found("10.0.0.1"), found("2001:db8::1"));

        Round round = name.answered(found("10.0.0.2"), FAILED);

        assertThat(ids(round)).containsExactly("10.0.0.2:8443", "[2001:db8::1]:8443");
        assertThat(round.state()).isEqualTo(State.HALF);
        assertThat(round.changed()).isTrue();
        assertThat(round.detail()).isEqualTo("SERVFAIL");
    }

    @Test
    void answered_failure_keepsTheLastSetForGoodAndIsNewsOnce() {
        name.answered(found("10.0.0.1"), ABSENT);

        for (int i = 0; i < 10; i++) {
            Round round = name.answered(FAILED, i % 2 == 0 ? FAILED : ABSENT);
            assertThat(ids(round)).containsExactly("10.0.0.1:8443");
            assertThat(round.state()).isEqualTo(State.FAILING);
            assertThat(round.changed()).as("round %d", i).isEqualTo(i == 0);
        }
        Round recovered = name.answered(found("10.0.0.9"), ABSENT);
        assertThat(ids(recovered)).containsExactly("10.0.0.9:8443");
        assertThat(recovered.changed()).isTrue();
        assertThat(recovered.detail()).isEmpty();
    }

    @Test
    void answered_twoReasons_bothAreTold() {
        assertThat(name.answered(FAILED, new Failed("timed out")).detail())
                .isEqualTo("SERVFAIL; timed out");
    }

    @Test
    void answered_noAddress_isBelievedTheThirdTimeInARow() {
        name.answered(found("10.0.0.1"), ABSENT);

        Round first = name.answered(ABSENT, ABSENT);
        Round second = name.answered(ABSENT, ABSENT);
        Round third = name.answered(ABSENT, ABSENT);

        assertThat(ids(first)).containsExactly("10.0.0.1:8443");
        assertThat(first.state()).isEqualTo(State.DOUBTED);
        assertThat(first.changed()).isTrue();
        assertThat(ids(second)).containsExactly("10.0.0.1:8443");
        assertThat(second.changed()).isFalse();
        assertThat(ids(third)).isEmpty();
        assertThat(third.state()).isEqualTo(State.GONE);
        assertThat(name.answered(ABSENT, ABSENT).changed()).isFalse();
    }

    @Test
    void answered_failureOrAddressBetweenAbsences_startsTheCountAgain() {
        name.answered(found("10.0.0.1"), ABSENT);
        name.answered(ABSENT, ABSENT);
        name.answered(ABSENT, ABSENT);
        name.answered(FAILED, ABSENT);
        name.answered(ABSENT, ABSENT);

        assertThat(ids(name.answered(ABSENT, ABSENT))).containsExactly("10.0.0.1:8443");
        name.answered(found("10.0.0.2"), ABSENT);
        name.answered(ABSENT, ABSENT);
        assertThat(ids(name.answered(ABSENT, ABSENT))).containsExactly("10.0.0.2:8443");
        assertThat(ids(name.answered(ABSENT, ABSENT))).isEmpty();
    }

    @Test
    void answered_neverAnAddress_isGoneAtOnce() {
        Round round = name.answered(ABSENT, ABSENT);

        assertThat(round.endpoints()).isEmpty();
        assertThat(round.state()).isEqualTo(State.GONE);
        assertThat(round.changed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        // refresh ms, ttl of A, ttl of AAAA in s, pause in ms
        "5000, 30, 30, 5000",
        "5000,  3, 30, 3000",
        "5000, 30,  2, 2000",
        "5000,  0, 30, 1000",
        " 200,  0, 30,  200",
        " 200, 30, 30,  200",
    })
    void answered_timeToLive_shortensThePauseToASecond(long refresh, int a, int aaaa, long pause) {
        ResolvedName timed = new ResolvedName("http", 80, Duration.ofMillis(refresh));

        Round round =
                timed.answered(
                        new Found(List.of("10.0.0.1"), Duration.ofSeconds(a)),
                        new Found(List.of("2001:db8::1"), Duration.ofSeconds(aaaa)));

        assertThat(round.pause()).hasMillis(pause);
        assertThat(timed.answered(FAILED, FAILED).pause()).hasMillis(refresh);
    }

    @Test
    void found_noAddress_isRefused() {
        assertThatThrownBy(() -> new Found(List.of(), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
