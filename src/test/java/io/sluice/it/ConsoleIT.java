package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The console in a real browser, over a gateway that has traffic and asks for its management token.
 * One browser and one page for all tests; the order is that of a visit.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConsoleIT {

    private static final String TOKEN = "a-management-token";
    private static final long MOST_IMAGE_BYTES = 200_000;

    private static final List<TestUpstream> upstreams = new ArrayList<>();
    private static final AtomicLong requests = new AtomicLong();
    private static final HttpClient clients =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private static ScheduledExecutorService traffic;
    private static Gateway gateway;
    private static Browser browser;

    @BeforeAll
    static void start() {
        browser = Browser.start();
        for (int i = 0; i < 8; i++) {
            upstreams.add(TestUpstream.start("up" + i).delay(Duration.ofMillis(4 + 9L * i)));
        }
        gateway =
                Gateway.launch(
                                yaml(),
                                Map.of("SLUICE_MANAGEMENT_TOKEN", TOKEN),
                                "--logging.level.sluice.access=off")
                        .awaitReady();
        traffic = Executors.newSingleThreadScheduledExecutor();
        traffic.scheduleAtFixedRate(ConsoleIT::send, 0, 15, TimeUnit.MILLISECONDS);
        browser.size(1280, 1000);
        browser.prefersDark(false);
        browser.open(gateway.managementUri("/console"));
        browser.find("#token-text").sendKeys(TOKEN);
        browser.find("#token button").click();
        browser.awaitText("#live", "Serving");
    }

    private static String yaml() {
        return """
        spring.cloud.gateway.server.webflux:
          routes:
            - id: orders
              uri: lb://orders
              predicates: [ "Path=/orders/**" ]
              filters: [ "RateLimit=per-tenant" ]
            - id: carts
              uri: lb://carts
              predicates: [ "Path=/carts/**", "Header=X-Cart" ]
            - id: orders-export
              uri: lb://orders
              predicates: [ "Path=/export/**" ]
            - id: catalogue
              uri: lb://catalogue
              predicates: [ "Path=/catalogue/**" ]
              filters: [ "RateLimit=per-client" ]
            - id: archive
              uri: http://127.0.0.1:9
              predicates: [ "Path=/archive/**" ]
        sluice:
          rate-limits:
            per-tenant: { key: "header:X-Tenant", capacity: 40, refill-tokens: 12, refill-period: 1s }
            per-client: { key: ip, capacity: 600, refill-tokens: 60, refill-period: 1s }
          upstreams:
            orders:
              algorithm: least-response-time
              instances: [ { uri: "%s", weight: 2 }, { uri: "%s" }, { uri: "%s" } ]
              health-check: { path: /ok, interval: 150ms, timeout: 150ms, unhealthy-threshold: 2, healthy-threshold: 1 }
            carts:
              algorithm: consistent-hashing
              hash-key: header:X-Cart
              instances: [ { uri: "%s" }, { uri: "%s", weight: 2 }, { uri: "%s" } ]
            catalogue:
              algorithm: weighted-round-robin
              instances: [ { uri: "%s", weight: 3 }, { uri: "%s" } ]
        """
                .formatted(upstreams.stream().map(TestUpstream::uri).toArray());
    }

    /** One request of each kind in turn; answers do not matter here. */
    private static void send() {
        long number = requests.getAndIncrement();
        HttpRequest.Builder request =
                switch ((int) (number % 6)) {
                    case 0, 1 -> to("/orders/" + number).header("X-Tenant", tenant(number));
                    case 2, 3 -> to("/carts/" + number).header("X-Cart", "cart-" + number % 97);
                    case 4 -> to("/catalogue/" + number);
                    default -> to(number % 48 == 5 ? "/nowhere" : "/export/" + number);
                };
        clients.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding());
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(gateway.uri(path)).timeout(Duration.ofSeconds(10));
    }

    private static String tenant(long number) {
        return number % 4 == 0 ? "a-secret-tenant" : "tenant-" + number % 5;
    }

    @AfterAll
    static void stop() {
        if (traffic != null) {
            traffic.shutdownNow();
        }
        if (browser != null) {
            browser.close();
        }
        if (gateway != null) {
            gateway.close();
        }
        upstreams.forEach(TestUpstream::close);
    }

    @BeforeEach
    void atTheTop() {
        browser.run("scrollTo({ top: 0, behavior: 'instant' })");
    }

    @Test
    @Order(1)
    void page_withTraffic_showsItWithoutAnError() {
        browser.awaitText("#summary", "p99");
        browser.awaitText("#routes", "orders-export");
        browser.awaitText("#quiet summary", "1 route");
        browser.awaitText("#upstreams", upstreams.get(0).uri().substring("http://".length()));
        browser.awaitText("#policies", "this process");
        browser.awaitText("#status", "Version");
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> !browser.text("#summary dd").equals("–"));

        assertThat(browser.count(".picture svg[role=img] path")).isGreaterThan(20); // the ring
        assertThat(browser.count(".strip .piece")).isGreaterThan(2);
        assertThat(browser.count(".bars .next")).isGreaterThanOrEqualTo(1);
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    @Order(2)
    void secrets_onThePage_areHashed() {
        browser.awaitText("#policies", "header:x-tenant:#");

        assertThat(browser.text("body")).doesNotContain("a-secret-tenant").doesNotContain(TOKEN);
        assertThat(String.valueOf(browser.run("return location.href"))).doesNotContain(TOKEN);
    }

    @Test
    @Order(3)
    void files_withoutAToken_areServedAndTheStreamIsNot() {
        HttpResponse<String> page = gateway.manage("/console");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'")
                .doesNotContain("unsafe", "http:", "https:");
        assertThat(page.headers().firstValue("X-Frame-Options")).contains("DENY");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        assertThat(gateway.manage("/console/app.js").statusCode()).isEqualTo(200);
        assertThat(gateway.manage("/console/events").statusCode()).isEqualTo(401);
        assertThat(gateway.get("/console").statusCode()).isEqualTo(404);
    }

    @Test
    @Order(4)
    void instance_goingDown_isShownWithinTwoSeconds() {
        List<Long> took = new ArrayList<>();
        // On a machine that has other things to do, one of several tries will do.
        while (took.size() < 5 && took.stream().noneMatch(millis -> millis < 2000)) {
            took.add(millisUntilDownIsShown(upstreams.get(took.size() % 3)));
        }

        assertThat(took).as("milliseconds").anyMatch(millis -> millis < 2000);
    }

    private static long millisUntilDownIsShown(TestUpstream upstream) {
        String row = upstream.uri().substring("http://".length());
        browser.run(
                """
                const row = [...document.querySelectorAll('.upstream tbody tr')]
                    .find(one => one.textContent.includes(arguments[0]));
                const badge = row.querySelector('.badge');
                window.seen = null;
                const watch = new MutationObserver(() => {
                  if (!badge.classList.contains('up')) { window.seen = Date.now(); watch.disconnect(); }
                });
                watch.observe(badge, { attributes: true });
                """,
                row);
        long stopped = System.currentTimeMillis();
        upstream.close();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> browser.run("return window.seen") != null);
        long shown = ((Number) browser.run("return window.seen")).longValue();
        browser.screenshot("down");
        upstream.restart();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> browser.count("#upstreams tr.off") == 0);
        return shown - stopped;
    }

    @Test
    @Order(5)
    void explain_ofARequest_isAnswered() {
        ask("/carts/7", "X-Cart: c1");

        browser.awaitText("#answer .verdict", "Route carts takes it");
        browser.awaitText("#answer", "chosen");
        assertThat(browser.text("#answer")).contains("orders").contains("consistent hashing");
        browser.screenshot("explain");

        ask("/nowhere", "");
        browser.awaitText("#answer .verdict", "404");

        ask("/carts/7", "no header");
        browser.awaitText("#answer .verdict", "not of the form Name: value");
    }

    private static void ask(String path, String headers) {
        fill("#q-path", path);
        fill("#q-headers", headers);
        browser.run("arguments[0].requestSubmit()", browser.find("#question"));
    }

    private static void fill(String css, String text) {
        browser.run("arguments[0].value = arguments[1]", browser.find(css), text);
    }

    @Test
    @Order(6)
    void keyboard_fromTheTop_reachesEverything() {
        browser.run("document.activeElement.blur()");
        List<String> reached = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            reached.add(browser.tab());
        }

        assertThat(reached)
                .containsSubsequence(
                        "#main",
                        "#traffic",
                        "#topology",
                        "#limits",
                        "#state",
                        "#explain",
                        "theme",
                        "q-method",
                        "q-path",
                        "q-host",
                        "q-client",
                        "q-headers",
                        "Explain");
    }

    @Test
    @Order(7)
    void colours_ofTheSystemAndOfTheSwitch_areTaken() {
        String light = ground();
        browser.prefersDark(true);
        String dark = ground();
        assertThat(dark).isNotEqualTo(light);
        assertBrowserSees("dark");

        browser.find("#theme").click(); // system -> light
        assertThat(ground()).isEqualTo(light);
        browser.find("#theme").click(); // light -> dark
        browser.prefersDark(false);
        assertThat(ground()).isEqualTo(dark);
        browser.find("#theme").click(); // dark -> system
        assertThat(ground()).isEqualTo(light);
        assertBrowserSees("light");
    }

    /** Nothing keeps anybody from using the page, and its picture is small enough to be shown. */
    private static void assertBrowserSees(String theme) {
        assertThat(browser.screenshot("console-" + theme))
                .satisfies(file -> assertThat(Files.size(file)).isLessThan(MOST_IMAGE_BYTES));
        assertThat(browser.barriers()).as("axe, %s", theme).isEmpty();
    }

    private static String ground() {
        return String.valueOf(
                browser.run("return getComputedStyle(document.body).backgroundColor"));
    }

    @Test
    @Order(8)
    void phone_at360Pixels_doesNotScrollSideways() {
        browser.size(360, 740);

        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () ->
                                assertThat(
                                                browser.run(
                                                        "const e = document.documentElement;"
                                                                + "return innerWidth === 360"
                                                                + " && e.scrollWidth <= e.clientWidth"))
                                        .isEqualTo(true));
        assertThat(browser.barriers()).as("axe, phone").isEmpty();
        browser.screenshot("phone");
        browser.run("document.getElementById('topology').scrollIntoView({ behavior: 'instant' })");
        browser.screenshot("phone-topology");
        browser.size(1280, 1000);
    }

    @Test
    @Order(9)
    void gateway_thatEnds_isToldAndThePageDoesNotHoldIt() {
        assertThat(browser.errors()).isEmpty();
        gateway.terminate();

        assertThat(gateway.awaitExit(Duration.ofSeconds(60))).isIn(0, 143);
        browser.awaitText("#banner", "does not answer");
        assertThat(gateway.log()).contains("finished");
        URI page = gateway.managementUri("/console");
        assertThat(String.valueOf(browser.run("return location.href"))).isEqualTo(page.toString());
    }
}
