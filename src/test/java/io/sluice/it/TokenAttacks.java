package io.sluice.it;

import static io.sluice.it.AuthAttack.bearer;
import static io.sluice.it.AuthAttack.refused;
import static io.sluice.it.AuthAttack.stranger;

import com.nimbusds.jose.util.JSONObjectUtils;
import io.sluice.auth.TokenMint;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Tokens that no issuer meant, and good ones in places where none is read (RFC 8725, RFC 6750). */
final class TokenAttacks {

    static final String ISSUER = "https://id.example.com/";

    /** Its keys are never asked for: whatever names it is refused before. */
    static final String COLD = "https://cold.example.com/";

    /** Knows another key by the same name, and takes access tokens of RFC 9068 only. */
    static final String OTHER = "https://other.example.com/";

    static final TokenMint RSA = TokenMint.rsa("RS256", "one");
    static final TokenMint EC = TokenMint.ec("ES256", "two");
    static final TokenMint OTHERS = TokenMint.rsa("RS256", "one");
    private static final TokenMint EVIL = TokenMint.rsa("RS256", "one");

    private static final String MALFORMED = "malformed token";
    private static final String ALGORITHM = "unsupported algorithm";
    private static final String SIGNATURE = "invalid signature";
    private static final String UNKNOWN_KEY = "unknown key";

    private final String evilUri;
    private final List<AuthAttack> rows = new ArrayList<>();

    private TokenAttacks(String evilUri) {
        this.evilUri = evilUri;
    }

    /**
     * @param evilUri where tokens say that their keys are
     */
    static Stream<AuthAttack> all(String evilUri) {
        TokenAttacks attacks = new TokenAttacks(evilUri);
        attacks.credentials();
        attacks.algorithms();
        attacks.headers();
        attacks.places();
        return Stream.concat(attacks.rows.stream(), ClaimAttacks.all(evilUri));
    }

    static Map<String, Object> claims() {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", ISSUER);
        claims.put("sub", "ada");
        claims.put("aud", "orders-api");
        claims.put("exp", now() + 600);
        return claims;
    }

    static long now() {
        return Instant.now().getEpochSecond();
    }

    static Map<String, Object> claims(String name, Object value) {
        Map<String, Object> claims = claims();
        claims.put(name, value);
        return claims;
    }

    static String header(TokenMint mint, String name, Object value) {
        Map<String, Object> header = mint.header();
        header.put(name, value);
        return mint.token(header, claims());
    }

    static boolean isAda(RecordingUpstream.Received received) {
        return received.values("X-User-Id").equals(List.of("ada"));
    }

    private void credentials() {
        String token = RSA.token(claims());
        rows.add(stranger("E1 nothing", Attack.get("/closed/x")));
        rows.add(stranger("E1 Basic", Attack.get("/closed/x", "Authorization: Basic YTpi")));
        rows.add(
                new AuthAttack(
                        "E1 scheme in lower case",
                        Attack.get("/closed/x", "Authorization: bearer " + token),
                        200,
                        "",
                        TokenAttacks::isAda));
        for (String value : List.of("", " ", " a b", " abc", " a.b.c.d", " " + token + "=")) {
            rows.add(refused("E2 Bearer" + value, value.stripLeading(), MALFORMED));
        }
        for (String second : List.of(token, "x")) {
            rows.add(
                    new AuthAttack(
                            "B11 two Authorization headers",
                            bearer("/closed/x", token, "Authorization: Bearer " + second),
                            400,
                            "Bearer error=\"invalid_request\"",
                            r -> false));
        }
        rows.add(
                new AuthAttack(
                        "B6 X-User-Id beside a token",
                        bearer("/closed/x", token, "X-User-Id: evil", "Connection: X-User-Id"),
                        200,
                        "",
                        r -> isAda(r) && !r.head().contains("evil")));
        rows.add(
                new AuthAttack(
                        "B7 X-User-Id on an open route",
                        Attack.get("/open/x", "X-User-Id: evil", "X_User_Id: evil"),
                        200,
                        "",
                        r -> r.values("X-User-Id").isEmpty() && !r.head().contains("evil")));
        rows.add(
                new AuthAttack(
                        "E22 remembered token on a stricter route",
                        bearer("/strict/x", token),
                        403,
                        "Bearer error=\"insufficient_scope\", scope=\"admin\"",
                        r -> false));
    }

    /** All in the name of an issuer whose keys were never fetched, and must not be. */
    private void algorithms() {
        Map<String, Object> cold = claims("iss", COLD);
        for (String name : List.of("none", "None", "nOnE", "RS384", "HS256", "")) {
            Map<String, Object> header = RSA.header();
            header.put("alg", name);
            rows.add(refused("E3 alg " + name, RSA.token(header, cold), ALGORITHM));
        }
        String payload = JSONObjectUtils.toJSONString(cold);
        rows.add(refused("E3 no alg", RSA.raw("{\"kid\":\"one\"}", payload), ALGORITHM));
        String unsigned = TokenMint.encode("{\"alg\":\"none\"}") + "." + TokenMint.encode(payload);
        rows.add(refused("E3 no signature", unsigned + ".", MALFORMED));
        for (byte[] secret :
                List.of(
                        RSA.pem().getBytes(StandardCharsets.US_ASCII),
                        RSA.publicKey().getEncoded(),
                        JSONObjectUtils.toJSONString(RSA.jwk())
                                .getBytes(StandardCharsets.US_ASCII))) {
            TokenMint confused = TokenMint.hmac("HS256", "one", secret);
            rows.add(
                    refused(
                            "E4 HS256 by the public key, " + secret.length,
                            confused.token(cold),
                            ALGORITHM));
            rows.add(
                    refused(
                            "E4 posing as RS256, " + secret.length,
                            confused.token(RSA.header(), claims()),
                            SIGNATURE));
        }
        rows.add(refused("E5 ES256 by an RSA kid", EC.called("one").token(claims()), UNKNOWN_KEY));
        rows.add(refused("E5 RS256 as PS256", header(RSA, "alg", "PS256"), SIGNATURE));
    }

    private void headers() {
        for (String field : List.of("jwk", "jku", "x5u", "x5c")) {
            Object value =
                    switch (field) {
                        case "jwk" -> EVIL.jwk();
                        case "x5c" -> List.of("MIIB");
                        default -> evilUri + "/" + field;
                    };
            rows.add(refused("E6 " + field, header(EVIL, field, value), SIGNATURE));
        }
        for (String kid :
                List.of(
                        "../../etc/passwd",
                        "one' OR '1'='1",
                        "one\r\nX-Evil: injected",
                        "\0",
                        "${jndi:ldap://127.0.0.1/a}")) {
            rows.add(refused("E7 kid " + kid.strip(), header(RSA, "kid", kid), UNKNOWN_KEY));
        }
        rows.add(refused("E7 kid of 1,000", header(RSA, "kid", "k".repeat(1_000)), MALFORMED));
        rows.add(refused("E7 kid is a number", header(RSA, "kid", 7), MALFORMED));
        rows.add(tooLarge("E7 kid of 10,000", header(RSA, "kid", "k".repeat(10_000))));
        rows.add(refused("E9 five parts as JWE has", "e30.e30.e30.e30.e30", MALFORMED));
        rows.add(refused("E9 nested", header(RSA, "cty", "JWT"), MALFORMED));
        rows.add(refused("E9 encrypted", header(RSA, "enc", "A128GCM"), MALFORMED));
        rows.add(refused("E10 crit", header(RSA, "crit", List.of("exp2")), MALFORMED));
        rows.add(refused("E10 b64", header(RSA, "b64", false), MALFORMED));
        rows.add(refused("E10 zip", header(RSA, "zip", "DEF"), MALFORMED));
        String bound = RSA.token(claims("cnf", Map.of("jkt", "x")));
        for (String proof : List.of("X-None: 1", "DPoP: e30.e30.AAAA")) {
            rows.add(
                    new AuthAttack(
                            "E25 bound token, " + proof,
                            bearer("/closed/x", bound, proof),
                            401,
                            AuthAttack.INVALID.formatted("token bound to another proof"),
                            r -> false));
        }
        rows.add(
                stranger(
                        "E25 scheme DPoP",
                        Attack.get("/closed/x", "Authorization: DPoP " + bound, "DPoP: e30.e30.")));
    }

    static AuthAttack tooLarge(String name, String token) {
        return new AuthAttack(name, bearer("/closed/x", token), 431, "", r -> false);
    }

    /** A good token where none is read. */
    private void places() {
        String token = RSA.token(claims());
        rows.add(stranger("E24 in the query", Attack.get("/closed/x?access_token=" + token)));
        rows.add(stranger("E24 in a cookie", Attack.get("/closed/x", "Cookie: token=" + token)));
        String form = "access_token=" + token;
        rows.add(
                stranger(
                        "E24 in a form",
                        Attack.request(
                                        "POST",
                                        "/closed/x",
                                        "Content-Type: application/x-www-form-urlencoded",
                                        "Content-Length: " + form.length())
                                + "\r\n"
                                + form));
        rows.add(
                new AuthAttack(
                        "E24 in the query, too",
                        bearer("/closed/x?access_token=" + token, token),
                        400,
                        "Bearer error=\"invalid_request\"",
                        r -> false));
    }
}
