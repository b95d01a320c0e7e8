package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.TokenMint;
import io.sluice.it.RawSocket.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Ways around a limit, into the log and behind an error: the catalogue's group K and row B16. Each
 * loopback address stands for a client; one of them is the proxy that is believed.
 */
class AbuseIT {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final TokenMint MINT =
            TokenMint.hmac("HS256", null, SECRET.getBytes(StandardCharsets.US_ASCII));
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String PROXY = "127.0.0.2";
    private static final int CAPACITY = 5;

    private static RecordingUpstream upstream;
    private static Gateway gateway;

    /** The next client that nobody has been yet. */
    private static int clients = 10;

    @BeforeAll
    static void start() {
        upstream = new RecordingUpstream();
        gateway =
                Gateway.start(
                        """
                        spring.cloud.gateway.server.webflux.routes:
                          - { id: ip, uri: "%1$s", predicates: [ "Path=/ip" ], filters: [ RateLimit=ip ] }
                          - { id: user, uri: "%1$s", predicates: [ "Path=/user" ], filters: [ RateLimit=user ] }
                          - { id: key, uri: "%1$s", predicates: [ "Path=/key" ], filters: [ RateLimit=key ] }
                          - { id: open, uri: "%1$s", predicates: [ "Path=/open/**" ] }
                          - { id: closed, uri: "%1$s", predicates: [ "Path=/closed/**" ], filters: [ JwtAuth ] }
                          - { id: dead, uri: "http://127.0.0.1:9", predicates: [ "Path=/dead/**" ] }
                          - id: token-auth
                            uri: "%1$s"
                            predicates: [ "Path=/token-auth" ]
                            filters:
                              - JwtAuth
                              - { name: RateLimit, args: { policies: [ ip ], before-auth: true } }
                              - RateLimit=user
                          - id: key-auth
                            uri: "%1$s"
                            predicates: [ "Path=/key-auth" ]
                            filters:
                              - ApiKeyAuth
                              - { name: RateLimit, args: { policies: [ ip ], before-auth: true } }
                        sluice:
                          trusted-proxies: [ "%2$s/32" ]
                          auth:
                            issuers: [ { issuer: me, secret: %3$s } ]
                            api-keys: [ { id: one, sha256: "%4$s" } ]
                          rate-limits:
                            ip: { key: ip, capacity: 5, refill-tokens: 1, refill-period: 1h }
                            user: { key: user, capacity: 5, refill-tokens: 1, refill-period: 1h }
                            key: { key: api-key, capacity: 5, refill-tokens: 1, refill-period: 1h }
                        """
                                .formatted(upstream.uri(), PROXY, SECRET, "ab".repeat(32)));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        upstream.close();
    }

    private static String newClient() {
        return "127.0.0." + clients++;
    }

    private static Answer send(String from, String path, String... headers) {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(new InetSocketAddress("127.0.0.1", gateway.port()), 20_000);
            socket.setSoTimeout(20_000);
            RawSocket.write(socket, Attack.get(path, headers));
            return RawSocket.read(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As many as fit are answered like this, and then no more. */
    private static void assertOneBucket(
            String from, String path, int status, IntFunction<String> header) {
        upstream.forget();
        for (int i = 0; i < CAPACITY + 3; i++) {
            Answer answer = send(from, path, header.apply(i));
            assertThat(answer.status())
                    .as("%d with %s: %s", i, header.apply(i), answer)
                    .isEqualTo(i < CAPACITY ? status : 429);
        }
        assertThat(upstream.received()).hasSize(status == 200 ? CAPACITY : 0);
        assertThat(send(newClient(), path, header.apply(0)).status())
                .as("somebody else")
                .isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 9.9.9.%d",
                "X-Real-IP: 9.9.9.%d",
                "Forwarded: for=9.9.9.%d",
                "X_Forwarded_For: 9.9.9.%d",
                "True-Client-IP: 9.9.9.%d",
                "X-Forwarded-For: 127.0.0.2, 9.9.9.%d"
            })
    void k1_forwardingHeadersOfAStranger_areOneBucket(String header) {
        assertOneBucket(newClient(), "/ip", 200, header::formatted);
    }

    /** Whatever the client wrote before its proxy added its address. */
    @Test
    void b16_entriesLeftOfTheClient_areOneBucket() {
        upstream.forget();
        String client = "198.51.100.7";
        for (int i = 0; i < CAPACITY + 1; i++) {
            Answer answer = send(PROXY, "/ip", "X-Forwarded-For: 6.6.6." + i + ", " + client);
            assertThat(answer.status()).isEqualTo(i < CAPACITY ? 200 : 429);
        }
        assertThat(upstream.received())
                .allSatisfy(r -> assertThat(r.values("X-Real-IP")).containsExactly(client))
                .allSatisfy(r -> assertThat(r.head()).doesNotContain("6.6.6."));
    }

    @Test
    void k2_spellingsOfOneNetwork_areOneBucket() {
        List<String> spellings =
                List.of(
                        "2001:db8:1:2::1",
                        "2001:DB8:1:2::2",
                        "2001:0db8:0001:0002:ffff:0:0:3",
                        "[2001:db8:1:2::4]:443",
                        "2001:db8:1:2::5%eth0",
                        "2001:db8:1:2:aaaa:bbbb:cccc:6");
        for (int i = 0; i < spellings.size(); i++) {
            assertThat(send(PROXY, "/ip", "X-Forwarded-For: " + spellings.get(i)).status())
                    .as(spellings.get(i))
                    .isEqualTo(i < CAPACITY ? 200 : 429);
        }
        assertThat(send(PROXY, "/ip", "X-Forwarded-For: 2001:db8:1:3::1").status()).isEqualTo(200);
    }

    @Test
    void k2_v4InV6_isThatV4() {
        for (int i = 0; i < CAPACITY + 1; i++) {
            String address = i % 2 == 0 ? "::ffff:192.0.2.9" : "192.0.2.9";
            assertThat(send(PROXY, "/ip", "X-Forwarded-For: " + address).status())
                    .isEqualTo(i < CAPACITY ? 200 : 429);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/token-auth, Authorization: Bearer bogus.%d.token",
        "/key-auth, X-API-Key: bogus-%d"
    })
    void k3_bogusCredentials_areOneBucketBeforeAuth(String path, String header) {
        assertOneBucket(newClient(), path, 401, header::formatted);
    }

    /** Each user has a bucket, which another's bad tokens do not touch. */
    @Test
    void k3_goodToken_isCountedByAddressAndByUser() {
        String token =
                MINT.token(
                        Map.of(
                                "iss",
                                "me",
                                "sub",
                                "ada",
                                "exp",
                                Instant.now().getEpochSecond() + 600));
        String header = "Authorization: Bearer " + token;
        Answer answer = send(newClient(), "/token-auth", header);
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.text()).contains("\"ip\";r=4").contains("\"user\";r=4");
        String other = newClient();
        for (int i = 0; i < CAPACITY + 3; i++) {
            send(other, "/token-auth", "Authorization: Bearer bogus." + i + ".token");
        }
        assertThat(send(other, "/token-auth", header).status()).isEqualTo(429);
        assertThat(send(newClient(), "/token-auth", header).text()).contains("\"user\";r=3");
    }

    @ParameterizedTest
    @CsvSource({"/user, X-User: %d", "/user, X-User-Id: user-%d", "/key, X-API-Key:"})
    void k5_nobody_isCountedByAddress(String path, String header) {
        assertOneBucket(newClient(), path, 200, header::formatted);
    }

    /** Row K6: one line each, whatever stands in it, and no longer than it may be. */
    @Test
    void log_hostileValues_areOneEscapedLineEach() {
        String id = "canary{\"forged\":true}${jndi:ldap://x}";
        String path = "/open/" + "a".repeat(3_000) + "$%7Bjndi:ldap:%7D";
        int before = gateway.log().lastIndexOf('\n') + 1;
        for (String header :
                List.of("User-Agent: " + "u".repeat(8_000), "User-Agent: ${jndi:ldap://x}")) {
            RawSocket.send(gateway.port(), Attack.get("/open/x", header));
        }
        RawSocket.send(gateway.port(), Attack.get(path, "X-Request-Id: " + id));
        RawSocket.send(gateway.port(), Attack.get("/open/%0d%0aforged", "Referer: forged"));
        RawSocket.send(gateway.port(), Attack.get("/open/x%1b%5b31m%E2%80%A8"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> gateway.log().substring(before).lines().count() >= 5);
        String whole = gateway.log();
        String log = whole.substring(before, whole.lastIndexOf('\n'));
        assertThat(log.lines()).allSatisfy(line -> assertThat(line).startsWith("{").endsWith("}"));
        assertThat(log.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(5_000));
        assertThat(log.lines())
                .allSatisfy(line -> assertThat(JSON.readTree(line).has("status")).isTrue());
        assertThat(log).doesNotContain("jndi:ldap://x", "\u001b", "\u2028", "uuuu", "canary");
    }

    /** Row K8: what a client makes up is in no label. */
    @Test
    void metrics_hostileValues_addNoSeries() {
        madeUp(0);
        long before = series();
        for (int i = 1; i < 100; i++) {
            madeUp(i);
        }
        // A few may be new by their outcome.
        assertThat(series()).isLessThan(before + 50);
        assertThat(gateway.manage("/actuator/prometheus").body())
                .doesNotContainIgnoringCase("made-up")
                .doesNotContainIgnoringCase("madeup")
                .doesNotContain("kid-", "/closed/", "/nowhere");
    }

    private static void madeUp(int i) {
        String token = MINT.called("kid-" + i).token(Map.of("iss", "https://made-up-" + i + "/"));
        RawSocket.send(gateway.port(), AuthAttack.bearer("/closed/" + i, token));
        RawSocket.send(gateway.port(), Attack.get("/nowhere/" + i));
        RawSocket.send(gateway.port(), Attack.request("MADEUP" + i, "/open/x") + "\r\n");
        RawSocket.send(gateway.port(), "GET /open/x HTTP/1.1\r\nHost: made-up-" + i + "\r\n\r\n");
    }

    /** Lines of metrics, each histogram counted as one. */
    private static long series() {
        return gateway.manage("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#") && !line.contains("_bucket{"))
                .count();
    }

    /** Row K9: neither whose code it is nor where anything runs. */
    @Test
    void errors_ofEveryKind_nameNothingInside() {
        for (String request :
                List.of(
                        Attack.get("/dead/x"),
                        Attack.get("/nowhere"),
                        Attack.get("/closed/x"),
                        Attack.get("/open/%2e%2e/x"),
                        Attack.request("FOO", "/open/x") + "\r\n",
                        Attack.get("/open/x", "X: " + "x".repeat(9_000)),
                        Attack.post("Content-Length: -1", ""),
                        "nonsense\r\n\r\n")) {
            Answer answer = RawSocket.send(gateway.port(), request);
            assertThat(answer.status()).as("%s", answer).isGreaterThanOrEqualTo(400);
            assertThat(answer.text().toLowerCase(Locale.ROOT))
                    .contains("content-type: application/problem+json")
                    .doesNotContain("127.0.0.1", "localhost", ":9/", "exception", "java", "netty")
                    .doesNotContain("spring", "io.sluice", "server:", "x-powered-by", "version");
        }
    }
}
