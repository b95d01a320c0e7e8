package io.sluice.it;

import static io.sluice.it.AuthAttack.good;
import static io.sluice.it.AuthAttack.refused;
import static io.sluice.it.TokenAttacks.ISSUER;
import static io.sluice.it.TokenAttacks.OTHER;
import static io.sluice.it.TokenAttacks.OTHERS;
import static io.sluice.it.TokenAttacks.RSA;
import static io.sluice.it.TokenAttacks.claims;
import static io.sluice.it.TokenAttacks.header;
import static io.sluice.it.TokenAttacks.now;
import static io.sluice.it.TokenAttacks.tooLarge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Tokens that their issuer has signed, and that say what does not hold here. */
final class ClaimAttacks {

    private static final String MALFORMED = "malformed token";
    private static final String SIGNATURE = "invalid signature";

    private final String evilUri;
    private final List<AuthAttack> rows = new ArrayList<>();

    private ClaimAttacks(String evilUri) {
        this.evilUri = evilUri;
    }

    /**
     * @param evilUri an issuer that nobody knows
     */
    static Stream<AuthAttack> all(String evilUri) {
        ClaimAttacks attacks = new ClaimAttacks(evilUri);
        attacks.times();
        attacks.audiencesAndIssuers();
        attacks.subjects();
        return attacks.rows.stream();
    }

    private static Map<String, Object> without(String name) {
        Map<String, Object> claims = claims();
        claims.remove(name);
        return claims;
    }

    private void times() {
        rows.add(good("E13 expired within the skew", token("exp", now() - 5), TokenAttacks::isAda));
        rows.add(refused("E13 expired beyond it", token("exp", now() - 31), "token expired"));
        String later = "token not yet valid";
        rows.add(refused("E13 nbf beyond the skew", token("nbf", now() + 500), later));
        rows.add(refused("E13 iat an hour ahead", token("iat", now() + 3_600), later));
        rows.add(refused("E14 no exp", RSA.token(without("exp")), "token without expiry"));
        for (Object exp : List.of("soon", 1e20, -1)) {
            rows.add(refused("E14 exp " + exp, token("exp", exp), MALFORMED));
        }
        rows.add(good("E14 exp with a fraction", token("exp", now() + 300.5), TokenAttacks::isAda));
        rows.add(
                refused(
                        "E15 ten years",
                        token("exp", now() + 10L * 365 * 86_400),
                        "token lifetime too long"));
    }

    private static String token(String name, Object value) {
        return RSA.token(claims(name, value));
    }

    private void audiencesAndIssuers() {
        String wrong = "wrong audience";
        rows.add(refused("E16 no aud", RSA.token(without("aud")), wrong));
        for (Object aud : List.of("shop-api", "orders", "orders-api2", List.of("orders"))) {
            rows.add(refused("E16 aud " + aud, token("aud", aud), wrong));
        }
        rows.add(
                good(
                        "E16 aud among others",
                        token("aud", List.of("x", "orders-api")),
                        TokenAttacks::isAda));
        String unknown = "unknown issuer";
        rows.add(refused("E17 no iss", RSA.token(without("iss")), unknown));
        for (String iss : List.of("https://id.example.com", ISSUER + "/", evilUri)) {
            rows.add(refused("E17 iss " + iss, token("iss", iss), unknown));
        }
        Map<String, Object> access = OTHERS.header();
        access.put("typ", "at+jwt");
        rows.add(
                refused(
                        "E17 other issuer, this one's key",
                        RSA.token(access, claims("iss", OTHER)),
                        SIGNATURE));
        rows.add(good("E18 at+jwt", header(RSA, "typ", "at+jwt"), TokenAttacks::isAda));
        rows.add(
                good(
                        "E18 at+jwt where nothing else is taken",
                        OTHERS.token(access, claims("iss", OTHER)),
                        TokenAttacks::isAda));
        Map<String, Object> identity = claims("nonce", "n");
        identity.put("iss", OTHER);
        access.put("typ", "JWT");
        rows.add(
                refused(
                        "E18 ID token for an access token",
                        OTHERS.token(access, identity),
                        "wrong token type"));
    }

    private void subjects() {
        Map<String, String> encoded = new LinkedHashMap<>();
        encoded.put("a\r\nX-Evil:1", "a%0D%0AX-Evil:1");
        encoded.put("\ud83d\ude00", "%F0%9F%98%80");
        encoded.put("a,b", "a,b");
        encoded.put("%41\0", "%2541%00");
        encoded.forEach(
                (subject, value) ->
                        rows.add(
                                good(
                                        "E19 sub as " + value,
                                        token("sub", subject),
                                        r ->
                                                r.values("X-User-Id").equals(List.of(value))
                                                        && r.values("X-Evil").isEmpty())));
        rows.add(
                refused(
                        "E19 sub of 2,000",
                        token("sub", "a".repeat(2_000)),
                        "claim too long for a header"));
        rows.add(tooLarge("E19 sub of 8,000", token("sub", "a".repeat(8_000))));
        rows.add(tooLarge("E21 token of 200 KB", token("x", "y".repeat(150_000))));
        String large = token("x", "y".repeat(5_500));
        rows.add(good("E21 token of " + large.length(), large, TokenAttacks::isAda));
    }
}
