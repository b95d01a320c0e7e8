package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.Standing.Answer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By which names an identity is revoked, and by what values. */
class RevocationQueryTest {

    private static Identity identity(Map<String, Object> claims, String keyId) {
        return new Identity("ada", "https://id/", Set.of(), Set.of(), claims, Instant.MAX, keyId);
    }

    @Test
    void of_everythingThere_namesTokenSubjectKeyAndClient() {
        Map<String, Object> claims = Map.of("jti", "7", "iat", 1000L, "client_id", "shop");
        assertThat(RevocationQuery.of(identity(claims, "one")).names())
                .containsExactly(
                        "rev:{https://id/}:sub:ada",
                        "rev:{https://id/}:jti:7",
                        "rev:{https://id/}:kid:one",
                        "rev:{https://id/}:cid:shop");
    }

    @ParameterizedTest
    @CsvSource({"client_id,cid:a", "azp,cid:a", "cid,cid:a", "appid,"})
    void of_client_isFoundUnderItsUsualNames(String claim, String name) {
        List<String> names = RevocationQuery.of(identity(Map.of(claim, "a"), null)).names();
        assertThat(names).hasSize(name == null ? 1 : 2);
        if (name != null) {
            assertThat(names.get(1)).isEqualTo("rev:{https://id/}:" + name);
        }
    }

    @Test
    void of_apiKey_isNamedByClientAndHash() {
        ApiKey key = new ApiKey("shop", "a".repeat(64), Set.of(), Instant.MAX);
        Identity shop =
                new Identity(
                        "shop",
                        ApiKeys.ISSUER,
                        Set.of(),
                        Set.of(),
                        Map.of("sub", "shop"),
                        Instant.MAX,
                        key.sha256());
        assertThat(RevocationQuery.of(shop).names())
                .containsExactly(
                        "rev:{api-key}:sub:shop",
                        "rev:{api-key}:kid:" + "a".repeat(64),
                        "rev:{api-key}:cid:shop");
    }

    @Test
    void of_oddId_isNamedOnlyIfTextOrNumber() {
        assertThat(RevocationQuery.of(identity(Map.of("jti", 7L), null)).names())
                .contains("rev:{https://id/}:jti:7");
        assertThat(RevocationQuery.of(identity(Map.of("jti", List.of("7")), null)).names())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "1000,999,false", "1000,1000,true", "1000,1001,true", "1000,' 1000 ',true",
        "1000,all,true", "1000,'',true", ",999,true", ",9999999999,true"
    })
    void isRevokedBy_subject_upToTheSecond(Long issued, String value, boolean revoked) {
        Map<String, Object> claims = issued == null ? Map.of() : Map.of("iat", issued);
        RevocationQuery query = RevocationQuery.of(identity(claims, null));
        assertThat(query.isRevokedBy(List.of(value))).isEqualTo(revoked);
    }

    @Test
    void isRevokedBy_anyOtherValue_isRevoked() {
        Map<String, Object> claims = Map.of("jti", "7", "iat", 1000L, "azp", "shop");
        RevocationQuery query = RevocationQuery.of(identity(claims, "one"));
        assertThat(query.isRevokedBy(Arrays.asList(null, null, null, null))).isFalse();
        for (int i = 1; i < 4; i++) {
            String[] values = new String[4];
            values[i] = "";
            assertThat(query.isRevokedBy(Arrays.asList(values))).as("%d", i).isTrue();
        }
    }

    @Test
    void standing_servesASecond_andRevokedStaysSoWithoutTheStore() {
        Standing clear = new Standing(false, 10);
        assertThat(clear.isFresh(1_000_000_009L)).isTrue();
        assertThat(clear.isFresh(1_000_000_010L)).isFalse();
        assertThat(clear.answer()).isEqualTo(Answer.CLEAR);
        assertThat(new Standing(true, 0).answer()).isEqualTo(Answer.REVOKED);
        assertThat(Standing.withoutStore(null)).isEqualTo(Answer.UNKNOWN);
        assertThat(Standing.withoutStore(clear)).isEqualTo(Answer.UNKNOWN);
        assertThat(Standing.withoutStore(new Standing(true, 0))).isEqualTo(Answer.REVOKED);
    }
}
