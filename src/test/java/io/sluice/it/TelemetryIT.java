package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Issue part 8: what is measured stays bounded, whatever clients send, and is documented. */
@Together
@Timeout(240)
class TelemetryIT {

    private static final int REQUESTS = 100_000;
    private static final int CLIENTS = 4;
    private static final int AT_ONCE = 50;
    private static final int STATUSES_OF_UPSTREAM = 6;

    private static final Pattern SERIES =
            Pattern.compile("(?m)^([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? \\S+$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(sluice_\\w+)` \\|([^|]*)\\|([^|]*)\\|$");

    private static final Set<String> OUTCOMES =
            Set.of("success", "client_error", "server_error", "cancelled");

    private static DisposableServer upstream;
    private static Gateway gateway;
    private static final Set<String> statuses = ConcurrentHashMap.newKeySet();

    /** A series: its name, as Prometheus has it, and its labels. */
    private record Series(String name, Map<String, String> labels) {

        /** The metric that it belongs to; a histogram has several kinds of series. */
        String metric() {
            return name.replaceAll("_(bucket|count|sum|max)$", "");
        }

        Set<String> labelNames() {
            Set<String> names = new TreeSet<>(labels.keySet());
            names.remove("le");
            return names;
        }
    }

    @BeforeAll
    static void start() {
        upstream =
                HttpServer.create()
                        .host("127.0.0.1")
                        .port(0)
                        .handle(
                                (request, response) ->
                                        response.status(status(request.uri()))
                                                .header("Content-Length", "0")
                                                .send())
                        .bindNow(Duration.ofSeconds(10));
        String uri = "http://127.0.0.1:" + upstream.port();
        gateway =
                Gateway.launchForLoad(
                                """
                                spring.cloud.gateway.server.webflux.routes:
                                  - { id: tenant, uri: "lb://pair", predicates: [ "Host={tenant}.example.org", "Path=/open/**" ] }
                                  - { id: open, uri: "lb://pair", predicates: [ "Path=/open/**" ] }
                                  - { id: limited, uri: "lb://pair", predicates: [ "Path=/limited/**" ], filters: [ "RateLimit=by-header,by-user" ] }
                                  - { id: guarded, uri: "lb://pair", predicates: [ "Path=/guarded/**" ], filters: [ "JwtAuth" ] }
                                  - { id: keyed, uri: "lb://pair", predicates: [ "Path=/keyed/**" ], filters: [ "ApiKeyAuth" ] }
                                  - { id: plain, uri: "%1$s", predicates: [ "Path=/plain/**" ] }
                                sluice:
                                  auth:
                                    issuers: [ { issuer: me, secret: telemetry-it-telemetry-it-telemetry-it } ]
                                    api-keys: [ { id: partner, sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad } ]
                                  rate-limits:
                                    by-header: { key: "header:X-Client", capacity: 5, refill-tokens: 1, refill-period: 1d }
                                    by-user: { key: user, capacity: 1000000, refill-tokens: 1000000, refill-period: 1s }
                                  upstreams:
                                    pair:
                                      algorithm: round-robin
                                      instances: [ { uri: "%1$s" }, { uri: "http://localhost:%2$d" } ]
                                      outlier-detection.enabled: false
                                """
                                        .formatted(uri, upstream.port()),
                                "--logging.level.sluice.access=off")
                        .awaitReady();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        upstream.disposeNow();
    }

    /** The last digit of the path says which. */
    private static HttpResponseStatus status(String uri) {
        int[] all = {200, 201, 204, 404, 410, 500};
        String path = uri.split("\\?", 2)[0];
        return HttpResponseStatus.valueOf(all[path.charAt(path.length() - 1) % all.length]);
    }

    private static List<Series> scrape() {
        List<Series> series = new ArrayList<>();
        String body = gateway.manage("/actuator/prometheus").body();
        for (MatchResult row : SERIES.matcher(body).results().toList()) {
            Map<String, String> labels = new TreeMap<>();
            if (row.group(2) != null) {
                LABEL.matcher(row.group(2))
                        .results()
                        .forEach(label -> labels.put(label.group(1), label.group(2)));
            }
            series.add(new Series(row.group(1), labels));
        }
        return series;
    }

    private static String word(SplittableRandom random) {
        return Long.toString(random.nextLong(Long.MAX_VALUE), 36);
    }

    private static String request(SplittableRandom random) {
        List<String> roots =
                List.of("open", "open", "limited", "guarded", "keyed", "plain", word(random));
        List<String> methods =
                List.of("GET", "GET", "POST", "PUT", "DELETE", "PATCH", "BREW", "X" + word(random));
        String host = random.nextBoolean() ? word(random) + ".example.org" : word(random);
        String method = methods.get(random.nextInt(methods.size()));
        StringBuilder head = new StringBuilder(method).append(" /");
        head.append(roots.get(random.nextInt(roots.size()))).append('/').append(word(random));
        if (random.nextInt(4) == 0) {
            head.append("?q=").append(word(random));
        }
        head.append(" HTTP/1.1\r\nHost: ").append(host);
        head.append("\r\nX-Client: ").append(word(random));
        head.append("\r\nX-User-Id: ").append(word(random));
        head.append("\r\nX-").append(word(random)).append(": ").append(word(random));
        head.append("\r\nX-Request-Id: ").append(word(random));
        head.append("\r\nX-Forwarded-For: 10.").append(random.nextInt(256)).append(".0.1");
        head.append("\r\nAuthorization: Bearer ").append(word(random));
        head.append("\r\nX-API-Key: ").append(random.nextInt(4) == 0 ? "abc" : word(random));
        head.append("\r\nUser-Agent: ").append(word(random));
        return head.append("\r\nContent-Length: 0\r\n\r\n").toString();
    }

    /** Sends so many, over connections that are kept as long as the gateway keeps them. */
    private static long sent(int requests, SplittableRandom random) throws IOException {
        long answered = 0;
        RawClient client = new RawClient(gateway.port());
        try {
            while (answered < requests) {
                StringBuilder batch = new StringBuilder();
                for (int i = 0; i < AT_ONCE; i++) {
                    batch.append(request(random));
                }
                client.send(batch.toString());
                for (int i = 0; i < AT_ONCE; i++) {
                    Optional<RawClient.Answer> answer = client.answer();
                    if (answer.isEmpty()) {
                        client.close();
                        client = new RawClient(gateway.port());
                        break;
                    }
                    statuses.add(Integer.toString(answer.get().status()));
                    answered++;
                }
            }
        } finally {
            client.close();
        }
        return answered;
    }

    private static long flood(long seed, int requests) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        LongAdder answered = new LongAdder();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                SplittableRandom own = random.split();
                work.add(
                        () -> {
                            answered.add(sent(requests / CLIENTS, own));
                            return null;
                        });
            }
            for (Future<Void> one : clients.invokeAll(work)) {
                one.get();
            }
        } finally {
            clients.shutdownNow();
        }
        return answered.sum();
    }

    /** All but the JVM's, those that scraping makes, and those that the flood is about. */
    private static Set<String> others(List<Series> all) {
        return all.stream()
                .filter(
                        one ->
                                !one.name()
                                        .matches("(jvm|process|system|logback|spring_security)_.*"))
                .filter(one -> !one.metric().equals("sluice_requests_seconds"))
                .map(Series::toString)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> values(List<Series> all, String metric, String label) {
        return all.stream()
                .filter(one -> one.metric().equals(metric))
                .map(one -> one.labels().get(label))
                .collect(Collectors.toSet());
    }

    @Test
    void series_hundredThousandRandomRequests_areAsManyAsRoutesOutcomesAndInstancesAllow()
            throws Exception {
        long seed = System.nanoTime();
        System.out.println("TelemetryIT: seed " + seed);
        flood(seed + 1, 2_000);
        List<Series> before = scrape();

        assertThat(flood(seed, REQUESTS)).isGreaterThanOrEqualTo(REQUESTS);

        List<Series> after = scrape();
        String as = "seed " + seed;
        assertThat(others(after)).as(as).isEqualTo(others(before));
        Set<String> routes =
                Set.of("tenant", "open", "limited", "guarded", "keyed", "plain", "none");
        assertThat(values(after, "sluice_requests_seconds", "route")).as(as).isEqualTo(routes);
        assertThat(OUTCOMES).containsAll(values(after, "sluice_requests_seconds", "outcome"));
        Set<String> possible = new HashSet<>(statuses);
        possible.add("499");
        // What the probes were answered while it started.
        possible.addAll(values(before, "sluice_requests_seconds", "status"));
        assertThat(possible).containsAll(values(after, "sluice_requests_seconds", "status"));
        long counted =
                after.stream()
                        .filter(one -> one.name().equals("sluice_requests_seconds_count"))
                        .count();
        assertThat(counted).as(as).isLessThanOrEqualTo((long) routes.size() * possible.size());
        assertThat(statuses).hasSizeGreaterThan(STATUSES_OF_UPSTREAM);
        assertThat(values(after, "sluice_upstream_requests_seconds", "instance")).hasSize(2);
    }

    @Test
    void metrics_allOfThem_areDocumentedWithTheirLabels() throws IOException {
        gateway.get("/open/1");
        Map<String, Set<String>> documented = new TreeMap<>();
        Set<String> always = new TreeSet<>();
        String page = Files.readString(Path.of("docs/telemetry.md"));
        for (MatchResult row : ROW.matcher(page).results().toList()) {
            Set<String> labels =
                    Pattern.compile("`(\\w+)`")
                            .matcher(row.group(2))
                            .results()
                            .map(label -> label.group(1))
                            .collect(Collectors.toCollection(TreeSet::new));
            documented.put(row.group(1), labels);
            if (!row.group(3).contains("only with")) {
                always.add(row.group(1));
            }
        }

        Map<String, Set<String>> measured = new TreeMap<>();
        for (Series one : scrape()) {
            if (one.name().startsWith("sluice_")) {
                measured.put(one.metric(), one.labelNames());
            }
        }

        assertThat(documented).containsAllEntriesOf(measured);
        assertThat(measured.keySet()).containsAll(always);
    }
}
