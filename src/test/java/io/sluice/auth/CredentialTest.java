package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What requests offer: tokens, keys, and options of the connection. */
class CredentialTest {

    private static Credential of(String... values) {
        return Credential.of(List.of(values), false);
    }

    @Test
    void of_noHeader_isNone() {
        assertThat(of()).isEqualTo(new Credential.None());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic YTpi", "BearerX abc", "Bearer-abc", "Token abc", "", "Bear"})
    void of_otherScheme_isNone(String value) {
        assertThat(of(value)).isEqualTo(new Credential.None());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer a.b.c", "bearer a.b.c", "BEARER  a.b.c", " Bearer a.b.c "})
    void of_bearer_isTheToken(String value) {
        assertThat(of(value)).isEqualTo(new Credential.Bearer("a.b.c"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer",
                "Bearer ",
                "Bearer a b",
                "Bearer\ta",
                "Bearer \u00e9",
                "Bearer \"a\"",
                "Bearer:a",
                "Bearer a;b"
            })
    void of_bearerWithoutOneToken_isMalformed(String value) {
        assertThat(of(value)).isEqualTo(new Credential.Malformed());
    }

    @Test
    void of_twoHeaders_areSeveral() {
        assertThat(of("Bearer a", "Bearer a")).isEqualTo(new Credential.Several());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer a,b", "Bearer a, Bearer b", "bearer a ,Basic YTpi"})
    void of_joinedByAComma_areSeveral(String value) {
        assertThat(of(value)).isEqualTo(new Credential.Several());
    }

    @Test
    void of_tokenInTheQueryToo_areSeveral() {
        for (String value : List.of("Bearer a.b.c", "Bearer", "Bearer a b")) {
            assertThat(Credential.of(List.of(value), true)).isEqualTo(new Credential.Several());
        }
        assertThat(Credential.of(List.of(), true)).isEqualTo(new Credential.None());
        assertThat(Credential.of(List.of("Basic YTpi"), true)).isEqualTo(new Credential.None());
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "keep-alive", "Upgrade", "upgrade, Keep-Alive", ""})
    void connection_ownOptions_stayAsTheyAre(String value) {
        assertThat(ConnectionOptions.settle(List.of(value))).isNull();
    }

    @Test
    void connection_namedHeaders_areRemovedAndNoLongerNamed() {
        assertThat(
                        ConnectionOptions.settle(
                                List.of("close, X-User-Id", "x_a,,Host, content-length")))
                .isEqualTo(
                        new ConnectionOptions(
                                "close", new LinkedHashSet<>(List.of("X-User-Id", "x_a"))));
        assertThat(ConnectionOptions.settle(List.of("Host")))
                .isEqualTo(new ConnectionOptions("", Set.of()));
    }

    private static ApiKey key(String id, String secret, Instant expires) {
        String hash = HexFormat.of().formatHex(TokenHash.sha256(secret.getBytes()));
        return new ApiKey(id, hash, new LinkedHashSet<>(List.of("a", "b")), expires);
    }

    @Test
    void apiKeys_known_givesIdentity() {
        Instant now = Instant.ofEpochSecond(1000);
        ApiKeys keys =
                new ApiKeys(
                        List.of(
                                key("shop", "s3cret", Instant.MAX),
                                key("old", "old", now),
                                key("new", "new", now.plusNanos(1)),
                                new ApiKey("bare", "0".repeat(64), Set.of(), Instant.MAX)),
                        InstantSource.fixed(now));
        Identity shop = keys.find("s3cret");
        assertThat(shop).isNotNull();
        assertThat(shop.subject()).isEqualTo("shop");
        assertThat(shop.issuer()).isEqualTo("api-key");
        assertThat(shop.scopes()).containsExactly("a", "b");
        assertThat(shop.claims()).containsEntry("sub", "shop").containsEntry("scope", "a b");
        assertThat(keys.find("new")).isNotNull();
        assertThat(keys.find("old")).isNull();
        assertThat(keys.find("s3cret ")).isNull();
        assertThat(keys.find("")).isNull();
        assertThat(keys.find("x".repeat(513))).isNull();
        assertThat(keys.isEmpty()).isFalse();
    }

    /** Row K10 of the catalogue: what a look-up does says nothing of how near a guess was. */
    @ParameterizedTest
    @ValueSource(strings = {"first", "last", "old", "unknown", "firsu", "", "f"})
    void apiKeys_anyGuess_isComparedWithEveryKeyInConstantTime(String guess) {
        Instant now = Instant.ofEpochSecond(1000);
        List<ApiKey> all =
                List.of(
                        key("a", "first", Instant.MAX),
                        key("b", "old", now),
                        key("c", "last", Instant.MAX));
        AtomicInteger compared = new AtomicInteger();
        ApiKeys keys =
                new ApiKeys(
                        all,
                        InstantSource.fixed(now),
                        (one, other) -> {
                            assertThat(one).hasSize(32);
                            assertThat(other).hasSize(32);
                            compared.incrementAndGet();
                            return MessageDigest.isEqual(one, other);
                        });
        assertThat(keys.find(guess) != null).isEqualTo(List.of("first", "last").contains(guess));
        assertThat(compared).hasValue(all.size());
    }

    @Test
    void apiKeys_sameKeyTwice_isRefused() {
        List<ApiKey> keys = List.of(key("one", "s", Instant.MAX), key("two", "s", Instant.MAX));
        assertThatThrownBy(() -> new ApiKeys(keys, InstantSource.system()))
                .hasMessageContaining("once");
    }

    @Test
    void apiKeys_twoLiveKeysOfAClient_areBothGood() {
        Instant now = Instant.ofEpochSecond(1000);
        ApiKey one = key("shop", "one", now.plusSeconds(1));
        ApiKey two = key("shop", "two", Instant.MAX);
        ApiKey gone = key("shop", "gone", now);
        ApiKeys keys = new ApiKeys(List.of(gone, one, two), InstantSource.fixed(now));
        assertThat(keys.find("one")).isNotNull();
        assertThat(keys.find("two")).isNotNull();
        assertThat(keys.find("one").keyId()).isNotEqualTo(keys.find("two").keyId());
        assertThat(keys.find("gone")).isNull();
        List<ApiKey> three = List.of(one, two, key("shop", "three", Instant.MAX));
        assertThatThrownBy(() -> new ApiKeys(three, InstantSource.fixed(now)))
                .hasMessageContaining("2 live keys");
    }

    @Test
    void apiKey_malformed_isRefused() {
        assertThatThrownBy(() -> new ApiKey(" ", "0".repeat(64), Set.of(), Instant.MAX))
                .hasMessageContaining("id");
        assertThatThrownBy(() -> new ApiKey("a", "0".repeat(63), Set.of(), Instant.MAX))
                .hasMessageContaining("sha256");
    }
}
