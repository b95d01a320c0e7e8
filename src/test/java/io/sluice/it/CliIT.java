package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.Jar.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as their users start them: the jar, in a process of its own. */
@Together
class CliIT {

    private static final String SECRET = "command-line-command-line-secret";
    private static final String OLD =
            """
            spring.cloud.gateway.server.webflux.routes:
              - { id: orders, uri: "lb://orders", predicates: [ "Path=/orders/**" ], filters: [ JwtAuth ] }
              - { id: rest, uri: "lb://orders", predicates: [ "Path=/**" ] }
            sluice:
              auth.issuers: [ { issuer: me, secret: %s } ]
              upstreams.orders.instances: [ { uri: "http://127.0.0.1:9" } ]
            """
                    .formatted(SECRET);

    @TempDir static Path directory;
    private static Path config;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws IOException {
        config = Files.writeString(directory.resolve("old.yml"), OLD);
        gateway = Gateway.start(OLD);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Run run(String... arguments) throws IOException, InterruptedException {
        return Jar.run(directory, List.of(arguments));
    }

    @Test
    void help_namesEveryCommandAndNothingElseIsWritten() throws Exception {
        Run run = run("--help");

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("check", "diff", "explain", "token", "Examples:");
        assertThat(run.err()).isEmpty();
        assertThat(run("--version").out()).startsWith("sluice 0.");
    }

    @Test
    void token_isAcceptedByTheGatewayThatIsExplained() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), SECRET + "\n");
        Run token =
                run("token", "--secret-file", secret.toString(), "--issuer", "me", "--sub", "ada");
        assertThat(token.err()).isEmpty();
        String header = "Authorization: Bearer " + token.out().strip();

        String url = "http://127.0.0.1:" + gateway.managementPort();
        Run good = run("explain", "--url", url, "--path", "/orders/1", "--header", header);
        assertThat(good.out())
                .contains("route: orders", "answer: the upstream's", "a good token", "instance: ");
        Run offline = run("explain", "--config", config.toString(), "--path", "/orders/1");
        assertThat(offline.err()).isEmpty();
        assertThat(offline.out())
                .startsWith("request: GET /orders/1")
                .contains("route: orders", "answer: 401", "instance: 127.0.0.1:9");
    }

    @Test
    void diff_changedRoutes_areCountedWithExamples() throws Exception {
        Path next =
                Files.writeString(
                        directory.resolve("new.yml"),
                        OLD.replace(", filters: [ JwtAuth ]", "")
                                .replace("Path=/**", "Path=/shop/**"));
        Path log = directory.resolve("access.log");
        Files.writeString(
                log,
                """
                2026-11-24 INFO routes are active
                {"time":"2026-11-24T00:00:00Z","requestId":"1","client":"127.0.0.1","method":"GET","path":"/orders/1","status":200}
                {"time":"2026-11-24T00:00:00Z","requestId":"2","client":"127.0.0.1","method":"GET","path":"/orders/1","status":200}
                GET /shop/1
                GET /elsewhere shop.example.org
                """);

        Run run = run("diff", config.toString(), next.toString(), "--requests", log.toString());

        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out().lines())
                .containsExactly(
                        "route: rest -> none: 1 request, such as GET /elsewhere shop.example.org",
                        "authentication: JwtAuth -> none: 2 requests, such as GET /orders/1"
                                + " localhost",
                        "upstream: lb://orders -> none: 1 request, such as GET /elsewhere"
                                + " shop.example.org",
                        "answer: 401 unauthorized -> none: 2 requests, such as GET /orders/1"
                                + " localhost",
                        "answer: none -> 404 no-route: 1 request, such as GET /elsewhere"
                                + " shop.example.org",
                        "3 of 4 requests differ; not read as requests: 1 line");
    }
}
