package io.sluice.upstream.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.upstream.Endpoint;
import io.sluice.upstream.LogOf;
import io.sluice.upstream.ResolvedName;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.resources.LoopResources;

/** The source against a real name server over UDP and TCP. */
class DnsSourceIT {

    private static final Duration REFRESH = Duration.ofMillis(50);
    private static final Duration TIMEOUT = Duration.ofMillis(300);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int A = 1;

    private static LoopResources loops;

    private final FakeDnsServer server = FakeDnsServer.start();
    private final List<List<String>> reports = new CopyOnWriteArrayList<>();
    private List<InetSocketAddress> servers = List.of(server.address());
    private LogOf log;
    private DnsSource source;

    @BeforeAll
    static void open() {
        loops = LoopResources.create("test-dns", 1, 1, true);
    }

    @AfterAll
    static void shut() {
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block();
    }

    @BeforeEach
    void listen() {
        log = new LogOf(DnsSource.class);
    }

    @AfterEach
    void stop() {
        source.stop();
        server.close();
        log.close();
    }

    private void start(Duration refresh) {
        source =
                new DnsSource(
                        "orders",
                        "orders.example.com",
                        new ResolvedName("http", 8080, refresh),
                        new DnsQueries(loops, servers, TIMEOUT));
        source.start(
                endpoints -> reports.add(endpoints.stream().map(Endpoint::id).sorted().toList()));
    }

    private void awaitLast(String... ids) {
        Awaitility.await()
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(
                        () -> {
                            assertThat(reports).isNotEmpty();
                            assertThat(reports.get(reports.size() - 1)).containsExactly(ids);
                        });
    }

    /** Waits until as many further questions for A have been asked. */
    private void awaitRounds(int rounds) {
        long before = asked();
        Awaitility.await()
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> asked() >= before + rounds + 1);
    }

    private long asked() {
        return server.questions().stream().filter(q -> q.type() == A).count();
    }

    @Test
    void start_bothFamilies_everyRecordIsAnEndpoint() {
        server.answer("10.0.0.1", "10.0.0.2", "2001:db8::1");
        start(REFRESH);

        awaitLast("10.0.0.1:8080", "10.0.0.2:8080", "[2001:db8::1]:8080");
        assertThat(server.questions())
                .allSatisfy(q -> assertThat(q.name()).isEqualTo("orders.example.com."));
        assertThat(source.kind()).isEqualTo("dns");
    }

    @Test
    void refresh_changedRecords_areReportedOnceEach() {
        server.answer("10.0.0.1");
        start(REFRESH);
        awaitLast("10.0.0.1:8080");

        server.answer("10.0.0.1", "10.0.0.2");
        awaitLast("10.0.0.1:8080", "10.0.0.2:8080");
        server.answer("10.0.0.2");
        awaitLast("10.0.0.2:8080");
        awaitRounds(3);

        assertThat(reports).hasSize(3);
        assertThat(log.lines()).as("a change of addresses is no news").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SERVFAIL", "silence", "closed"})
    void failure_keepsTheLastSetAndSaysSoOnce(String kind) {
        server.answer("10.0.0.1");
        start(REFRESH);
        awaitLast("10.0.0.1:8080");

        switch (kind) {
            case "SERVFAIL" -> server.fail(FakeDnsServer.SERVFAIL);
            case "silence" -> server.silence();
            default -> server.close();
        }
        Awaitility.await().atMost(LIMIT).until(() -> log.lines().size() == 2);
        if (!kind.equals("closed")) {
            awaitRounds(2);
            server.answer("10.0.0.2");
            awaitLast("10.0.0.2:8080");
            assertThat(log.lines().get(2)).contains("orders.example.com has 1 addresses");
        }

        assertThat(log.lines().get(1)).contains("upstream orders", "the last 1 addresses stay");
        assertThat(reports).doesNotContain(List.of());
    }

    @Test
    void failure_atTheStart_reportsNothing() {
        server.fail(FakeDnsServer.SERVFAIL);
        start(REFRESH);
        awaitRounds(2);

        assertThat(reports).isEmpty();
        server.answer("10.0.0.1");
        awaitLast("10.0.0.1:8080");
    }

    @ParameterizedTest
    @ValueSource(ints = {FakeDnsServer.NXDOMAIN, 0})
    void noAddress_threeTimesInARow_isReportedAsEmpty(int code) {
        server.answer("10.0.0.1");
        start(REFRESH);
        awaitLast("10.0.0.1:8080");
        long before = asked();

        server.answer().fail(code);
        awaitLast();

        assertThat(asked() - before).isGreaterThanOrEqualTo(3);
        assertThat(reports).hasSize(2);
        assertThat(log.lines().subList(1, 3))
                .satisfiesExactly(
                        doubted -> assertThat(doubted).contains("no address any more"),
                        gone -> assertThat(gone).endsWith("orders.example.com has no address"));
    }

    @Test
    void oneFamilyFails_theOtherIsUsed() {
        server.answer("10.0.0.1").fail(0, FakeDnsServer.SERVFAIL);
        start(REFRESH);

        awaitLast("10.0.0.1:8080");
        awaitRounds(2);
        assertThat(log.lines()).singleElement().asString().contains("one address family only");
    }

    @Test
    void timeToLive_shorterThanTheRefresh_isTheTimeToTheNextQuestion() {
        server.ttl(30).alias(1).answer("10.0.0.1");
        start(Duration.ofHours(1));
        awaitLast("10.0.0.1:8080");

        server.answer("10.0.0.2");
        awaitLast("10.0.0.2:8080");

        List<FakeDnsServer.Question> asked =
                server.questions().stream().filter(q -> q.type() == A).toList();
        assertThat(Duration.ofNanos(asked.get(1).nanos() - asked.get(0).nanos()))
                .isBetween(Duration.ofMillis(990), Duration.ofSeconds(5));
    }

    @Test
    void answerCutShort_isAskedAgainOverTcp() {
        String[] many = new String[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = "10.0.1." + i;
        }
        server.cutShort().answer(many);
        start(REFRESH);

        Awaitility.await().atMost(LIMIT).until(() -> !reports.isEmpty());
        assertThat(reports.get(0)).hasSize(100);
        assertThat(server.questions()).anyMatch(FakeDnsServer.Question::tcp);
    }

    /** A part of the addresses would move all traffic to them. */
    @Test
    void answerCutShort_withoutTcp_isAFailure() {
        server.answer("10.0.0.1", "10.0.0.2");
        start(REFRESH);
        awaitLast("10.0.0.1:8080", "10.0.0.2:8080");

        server.refuseTcp();
        server.cutShort();
        Awaitility.await().atMost(LIMIT).until(() -> log.lines().size() == 2);
        awaitRounds(2);

        assertThat(reports).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SERVFAIL", "silence"})
    void severalServers_oneFails_theNextIsAsked(String kind) {
        try (FakeDnsServer broken = FakeDnsServer.start()) {
            if (kind.equals("silence")) {
                broken.silence();
            } else {
                broken.fail(FakeDnsServer.SERVFAIL);
            }
            servers = List.of(broken.address(), server.address());
            server.answer("10.0.0.1");
            start(REFRESH);

            awaitLast("10.0.0.1:8080");
            awaitRounds(1);
            assertThat(broken.questions()).isNotEmpty();
            assertThat(log.lines()).hasSize(1);
        }
    }

    @Test
    void severalServers_theFirstSaysThereIsNone_theNextIsNotAsked() {
        try (FakeDnsServer other = FakeDnsServer.start().answer("10.0.0.9")) {
            servers = List.of(server.address(), other.address());
            server.fail(FakeDnsServer.NXDOMAIN);
            start(REFRESH);
            awaitLast();

            assertThat(other.questions()).isEmpty();
        }
    }

    @Test
    void servers_noneSet_areTheSystems() {
        start(REFRESH);
        try (DnsQueries queries = new DnsQueries(loops, List.of(), TIMEOUT)) {
            assertThat(queries.servers("orders.example.com"))
                    .hasSizeBetween(1, 3)
                    .allSatisfy(one -> assertThat(one.getPort()).isPositive());
        }
    }

    @Test
    void stop_asksNoMore() {
        server.answer("10.0.0.1");
        start(REFRESH);
        awaitLast("10.0.0.1:8080");

        source.stop();
        source.stop();
        server.answer("10.0.0.2");

        Awaitility.await()
                .atMost(LIMIT)
                .during(Duration.ofMillis(300))
                .until(() -> reports.size() == 1);
    }
}
