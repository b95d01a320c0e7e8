package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers of an introspection endpoint mean (RFC 7662). */
class IntrospectionReaderTest {

    private static final long NOW = 1_800_000_000L;

    private static IntrospectionReader reader(String issuer, Set<String> audiences) {
        return new IntrospectionReader(
                new IntrospectionRules(
                        issuer, audiences, Duration.ofSeconds(30), Set.of("client_id"), "roles"),
                new IdentityHeaders(Map.of("sub", "X-User-Id")),
                InstantSource.fixed(Instant.ofEpochSecond(NOW)));
    }

    private static final IntrospectionReader READER = reader("https://id/", Set.of("orders"));

    private static String answer(String more) {
        return "{\"active\":true,\"sub\":\"ada\",\"client_id\":\"shop\",\"aud\":[\"x\",\"orders\"]"
                + (more.isEmpty() ? "" : "," + more.replace('\'', '"'))
                + "}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abc",
                "2YotnFZFEjr1zCsicMWpAA",
                "a.b",
                "ory_at_x.y",
                "a.b.c",
                "a.b.c.d.e",
                "eyJ",
                "eyJhbGciOiJkaXIifQ.a.b.c.d",
                ".eyJ.a",
                "eyJ..a."
            })
    void isOpaque_noSignedJwt_isTrue(String token) {
        assertThat(IntrospectionReader.isOpaque(token)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "eyJhbGciOiJub25lIn0.e30.AAAA", "eyJx.y.", "eyJ..", "eyJ.a.b"})
    void isOpaque_signedJwtOrNothing_isFalse(String token) {
        assertThat(IntrospectionReader.isOpaque(token)).isFalse();
        assertThat(IntrospectionReader.isOpaque("a".repeat(8193))).isFalse();
        assertThat(IntrospectionReader.isOpaque("a".repeat(8192))).isTrue();
    }

    @Test
    void read_active_givesIdentity() {
        String more =
                "'scope':'a b','roles':['admin'],'exp':1800000060,'jti':'7','token_type':'Bearer'";
        Verification.Verified verified = (Verification.Verified) READER.read(answer(more));
        Identity ada = verified.identity();
        assertThat(ada.subject()).isEqualTo("ada");
        assertThat(ada.issuer()).isEqualTo("https://id/");
        assertThat(ada.scopes()).containsExactly("a", "b");
        assertThat(ada.roles()).containsExactly("admin");
        assertThat(ada.expiresAt()).isEqualTo(Instant.ofEpochSecond(NOW + 60));
        assertThat(ada.keyId()).isNull();
        assertThat(verified.headers()).containsEntry("X-User-Id", "ada");
        assertThat(verified.proof()).isNull();
    }

    @Test
    void read_noExpiry_hasNoEndOfItsOwn() {
        Verification.Verified verified = (Verification.Verified) READER.read(answer(""));
        assertThat(verified.identity().expiresAt())
                .isAfter(Instant.ofEpochSecond(NOW).plus(Duration.ofDays(36_500)));
        assertThat(verified.identity().claims()).doesNotContainKey("exp");
    }

    @Test
    void read_issuer_isTheAnswersOrTheSettings() {
        IntrospectionReader any = reader(null, Set.of());
        assertThat(((Verification.Verified) any.read(answer(""))).identity().issuer())
                .isEqualTo("introspection");
        assertThat(
                        ((Verification.Verified) any.read(answer("'iss':'https://other/'")))
                                .identity()
                                .issuer())
                .isEqualTo("https://other/");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INACTIVE|{'active':false}",
                "INACTIVE|{'active':false,'sub':'ada','client_id':'shop','aud':'orders'}",
                "UNKNOWN_ISSUER|{'active':true,'client_id':'s','aud':'orders','iss':'https://x/'}",
                "UNKNOWN_ISSUER|{'active':true,'client_id':'s','aud':'orders','iss':1}",
                "EXPIRED|{'active':true,'client_id':'s','aud':'orders','exp':1799999970}",
                "NOT_YET_VALID|{'active':true,'client_id':'s','aud':'orders','nbf':1800000031}",
                "MALFORMED|{'active':true,'client_id':'s','aud':'orders','exp':'soon'}",
                "WRONG_AUDIENCE|{'active':true,'client_id':'s'}",
                "WRONG_AUDIENCE|{'active':true,'client_id':'s','aud':'order'}",
                "MISSING_CLAIM|{'active':true,'aud':'orders'}",
                "BOUND|{'active':true,'client_id':'s','aud':'orders','token_type':'DPoP'}",
                "BOUND|{'active':true,'client_id':'s','aud':'orders','cnf':{'jkt':'x'}}"
            })
    void read_notAccepted_isRefused(Reason reason, String json) {
        assertThat(READER.read(json.replace('\'', '"')))
                .isEqualTo(new Verification.Refused(reason));
    }

    @Test
    void read_subjectTooLongForAHeader_isRefused() {
        String json = answer("").replace("ada", "a".repeat(1025));
        assertThat(READER.read(json)).isEqualTo(new Verification.Refused(Reason.CLAIM_TOO_LONG));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "{}",
                "{\"active\":\"true\"}",
                "{\"active\":1}",
                "{\"active\":null}",
                "{\"active\":true",
                "{\"active\":true,\"active\":false}"
            })
    void read_neitherYesNorNo_isUndecided(String json) {
        assertThat(READER.read(json)).isInstanceOf(Verification.Unavailable.class);
    }

    @Test
    void remembered_servesForItsTimeAndNoLongerThanTheToken() {
        Verification good = READER.read(answer("'exp':1800000060"));
        Verification bad = READER.read("{\"active\":false}");
        Instant now = Instant.ofEpochSecond(NOW);
        Duration minute = Duration.ofMinutes(1);
        RememberedAnswer remembered = RememberedAnswer.of(good, minute, 5);
        assertThat(remembered.servesAt(5, now)).isTrue();
        assertThat(remembered.servesAt(minute.toNanos() + 4, now)).isTrue();
        assertThat(remembered.servesAt(minute.toNanos() + 5, now)).isFalse();
        assertThat(remembered.servesAt(6, now.plusSeconds(60))).isFalse();
        RememberedAnswer refusal = RememberedAnswer.of(bad, minute, 0);
        assertThat(refusal.servesAt(9_999_999_999L, now)).isTrue();
        assertThat(refusal.servesAt(10_000_000_000L, now)).isFalse();
        assertThat(RememberedAnswer.of(bad, Duration.ofSeconds(1), 0).untilNanos())
                .isEqualTo(1_000_000_000L);
        assertThat(RememberedAnswer.of(good, Duration.ZERO, 0).servesAt(0, now)).isFalse();
    }
}
