package io.sluice.console.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.manage.spring.ManagementProperties;
import io.sluice.settings.SettingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;

class ConsolePageTest {

    private static final Path FILES = Path.of("src/main/resources/io/sluice/console");

    private final ConsoleFeed feed = new ConsoleFeed(1, () -> () -> "{}", () -> {});

    private WebTestClient client(String token) {
        return WebTestClient.bindToRouterFunction(
                        new ConsolePage().consoleRoutes(feed, new ManagementProperties(token)))
                .build();
    }

    private static String body(WebTestClient client, String path) {
        EntityExchangeResult<byte[]> result =
                client.get().uri(path).exchange().expectStatus().isOk().expectBody().returnResult();
        return new String(result.getResponseBodyContent(), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void page_loadsOnlyWhatIsServed_andNothingFromElsewhere() {
        WebTestClient client = client(null);
        List<String> names;
        try (Stream<Path> files = Files.list(FILES)) {
            names = files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }

        assertThat(names).hasSizeGreaterThan(10);
        for (String name : names) {
            String text = body(client, "/console/" + name);
            assertThat(text.lines().count()).as(name).isLessThan(300);
            assertThat(text.replace("http://www.w3.org/2000/svg", ""))
                    .as(name)
                    .doesNotContain("http://", "https://", "innerHTML", "eval(", " style=\"");
        }
        assertThat(body(client, "/console/uPlot.esm.js")).contains("uPlot");
        assertThat(body(client, "/console/uPlot.min.css")).contains(".uplot");
    }

    @Test
    void page_everyAnswer_carriesTheHeadersThatGuardIt() {
        for (String path :
                List.of("/console", "/console/app.js", "/console/none", "/console/events")) {
            HttpHeaders headers =
                    client(null)
                            .get()
                            .uri(path)
                            .exchange()
                            .returnResult(Void.class)
                            .getResponseHeaders();
            assertThat(headers.getFirst("Content-Security-Policy"))
                    .as(path)
                    .startsWith("default-src 'none'; script-src 'self'; style-src 'self'")
                    .contains("frame-ancestors 'none'", "require-trusted-types-for 'script'")
                    .doesNotContain("unsafe");
            assertThat(headers.getFirst("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
            assertThat(headers.getFirst("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
            assertThat(headers.getFirst("Permissions-Policy")).contains("camera=()");
        }
    }

    @Test
    void page_whereATokenIsAskedFor_saysSo() {
        assertThat(body(client(null), "/console")).contains("content=\"open\"");
        assertThat(body(client("secret-token"), "/console"))
                .contains("content=\"token\"")
                .doesNotContain("secret-token");
    }

    @Test
    void file_thatIsKnownToTheBrowser_isNotSentAgain() {
        WebTestClient client = client(null);
        String tag =
                client.get()
                        .uri("/console/app.js")
                        .exchange()
                        .returnResult(Void.class)
                        .getResponseHeaders()
                        .getETag();

        client.get()
                .uri("/console/app.js")
                .header("If-None-Match", tag)
                .exchange()
                .expectStatus()
                .isNotModified();
    }

    @Test
    void address_withASlash_leadsToThePage() {
        client(null)
                .get()
                .uri("/console/")
                .exchange()
                .expectStatus()
                .isPermanentRedirect()
                .expectHeader()
                .location("/console");
    }

    @Test
    void file_ofNoSuchName_is404() {
        for (String path : List.of("/console/nothing.js", "/console/..%2Fdecide.lua")) {
            client(null).get().uri(path).exchange().expectStatus().isNotFound();
        }
    }

    @Test
    void events_withoutAPlace_are503() {
        client(null)
                .get()
                .uri("/console/events")
                .exchange()
                .expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .valueEquals("Retry-After", "10");
    }

    @Test
    void viewers_outOfRange_refuseTheStart() {
        assertThat(new ConsoleProperties(true, 1).maxViewers()).isEqualTo(1);
        for (int wrong : new int[] {0, 1001}) {
            assertThatExceptionOfType(SettingException.class)
                    .isThrownBy(() -> new ConsoleProperties(true, wrong))
                    .withMessageContaining("sluice.console.max-viewers");
        }
    }
}
