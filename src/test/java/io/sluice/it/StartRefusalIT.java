package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.SluiceApplication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * A wrong configuration refuses to start, with one message that names property, value and what was
 * expected. Most start in this process, where the JVM is warm; one does as its users start it.
 */
@Together
@ExtendWith(OutputCaptureExtension.class)
class StartRefusalIT {

    /**
     * A configuration that is refused.
     *
     * @param property as the message names it
     * @param value as the message shows it
     * @param expected part of what the message expects
     */
    record Refusal(
            String name, List<String> settings, String property, String value, String expected) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static final String ROUTE = "spring.cloud.gateway.server.webflux.routes[0].";
    private static final String A_ROUTE_ID = ROUTE + "id=r";
    private static final String A_PREDICATE = ROUTE + "predicates[0]=Path=/r/**";
    private static final String A_URI = ROUTE + "uri=http://127.0.0.1:9";
    private static final String INSTANCE = "sluice.upstreams.u.instances[0].";
    private static final String AN_INSTANCE = INSTANCE + "uri=http://127.0.0.1:9";
    private static final String ISSUER = "sluice.auth.issuers[0].";
    private static final String FAILED = "APPLICATION FAILED TO START";
    private static final String SHORT_SECRET = "hunter2-hunter2-hunter2";

    static Stream<Refusal> refusals() {
        return Stream.of(upstreams(), routes(), auth(), limits(), process()).flatMap(List::stream);
    }

    private static Refusal refusal(
            String name, String property, String value, String expected, String... settings) {
        return new Refusal(name, List.of(settings), property, value, expected);
    }

    private static List<Refusal> upstreams() {
        return List.of(
                refusal(
                        "unknown algorithm",
                        "sluice.upstreams.u.algorithm",
                        "fastest",
                        "round-robin, weighted-round-robin, least-connections",
                        AN_INSTANCE,
                        "sluice.upstreams.u.algorithm=fastest"),
                refusal(
                        "unknown default algorithm",
                        "sluice.default-algorithm",
                        "fastest",
                        "least-response-time",
                        "sluice.default-algorithm=fastest"),
                refusal(
                        "unknown SSL bundle",
                        "sluice.upstreams.u.tls.bundle",
                        "nobodys",
                        "spring.ssl.bundle",
                        AN_INSTANCE,
                        "sluice.upstreams.u.tls.bundle=nobodys"),
                refusal(
                        "SSL bundle with a broken store",
                        "sluice.upstreams.u.tls.bundle",
                        "broken",
                        "stores can be read",
                        AN_INSTANCE,
                        "sluice.upstreams.u.tls.bundle=broken",
                        "spring.ssl.bundle.pem.broken.truststore.certificate=not a certificate"),
                refusal(
                        "SSL bundle of all upstreams that is not there",
                        "spring.cloud.gateway.server.webflux.httpclient.ssl.ssl-bundle",
                        "nobodys",
                        "spring.ssl.bundle",
                        "spring.cloud.gateway.server.webflux.httpclient.ssl.ssl-bundle=nobodys"),
                refusal(
                        "key store of all upstreams that cannot be read",
                        "spring.cloud.gateway.server.webflux.httpclient.ssl.key-store",
                        "file:no/such/store.p12",
                        "what can be read",
                        "spring.cloud.gateway.server.webflux.httpclient.ssl.key-store=file:no/such/store.p12"),
                refusal(
                        "server name without a bundle",
                        "sluice.upstreams.u.tls.bundle",
                        "null",
                        "spring.ssl.bundle",
                        AN_INSTANCE,
                        "sluice.upstreams.u.tls.server-name=orders.internal"),
                refusal(
                        "negative weight",
                        "sluice.upstreams.u.instances[0].weight",
                        "-1",
                        ">= 0",
                        AN_INSTANCE,
                        INSTANCE + "weight=-1"),
                refusal(
                        "weight that is no number",
                        "sluice.upstreams.u.instances[0].weight",
                        "heavy",
                        "",
                        AN_INSTANCE,
                        INSTANCE + "weight=heavy"),
                refusal(
                        "instance with a path",
                        "sluice.upstreams.u.instances[0].uri",
                        "http://127.0.0.1:9/base",
                        "without path",
                        INSTANCE + "uri=http://127.0.0.1:9/base"),
                refusal(
                        "same instance twice",
                        "sluice.upstreams.u.instances[1].uri",
                        "http://127.0.0.1:9",
                        "no other instance",
                        AN_INSTANCE,
                        "sluice.upstreams.u.instances[1].uri=http://127.0.0.1:9"),
                refusal(
                        "unknown hash key",
                        "sluice.upstreams.u.hash-key",
                        "body",
                        "header:NAME",
                        AN_INSTANCE,
                        "sluice.upstreams.u.hash-key=body"),
                refusal(
                        "timeout of 0",
                        "sluice.upstreams.u.timeouts.response",
                        "PT0S",
                        "",
                        AN_INSTANCE,
                        "sluice.upstreams.u.timeouts.response=0s"));
    }

    private static List<Refusal> routes() {
        return List.of(
                refusal(
                        "policy that is not defined",
                        "per-usr",
                        "per-usr",
                        "sluice.rate-limits",
                        A_ROUTE_ID,
                        A_URI,
                        A_PREDICATE,
                        ROUTE + "filters[0]=RateLimit=per-usr",
                        "sluice.rate-limits.per-user.key=ip",
                        "sluice.rate-limits.per-user.capacity=1",
                        "sluice.rate-limits.per-user.refill-tokens=1",
                        "sluice.rate-limits.per-user.refill-period=1s"),
                refusal(
                        "lb id without instances or discovery",
                        "spring.cloud.gateway.server.webflux.routes[r].uri",
                        "lb://ordrs",
                        "sluice.upstreams.ordrs.instances",
                        A_ROUTE_ID,
                        ROUTE + "uri=lb://ordrs",
                        A_PREDICATE,
                        AN_INSTANCE),
                refusal(
                        "unknown filter",
                        "spring.cloud.gateway.server.webflux.routes",
                        "RateLimt",
                        "",
                        A_ROUTE_ID,
                        A_URI,
                        A_PREDICATE,
                        ROUTE + "filters[0]=RateLimt=x"),
                refusal(
                        "expression in a route",
                        "spring.cloud.gateway.server.webflux.routes[r].filters[0]",
                        "AddRequestHeader with #{",
                        "route definitions are data",
                        A_ROUTE_ID,
                        A_URI,
                        A_PREDICATE,
                        ROUTE + "filters[0]=AddRequestHeader=X-A, #{@environment.toString()}"),
                refusal(
                        "client certificates that nobody is asked for",
                        "server.ssl.client-auth",
                        "null",
                        "want or need",
                        A_ROUTE_ID,
                        A_URI,
                        A_PREDICATE,
                        ROUTE + "filters[0]=ClientCertificate"),
                refusal(
                        "authentication without an issuer",
                        "sluice.auth.issuers",
                        "",
                        "",
                        A_ROUTE_ID,
                        A_URI,
                        A_PREDICATE,
                        ROUTE + "filters[0]=JwtAuth"));
    }

    private static List<Refusal> auth() {
        return List.of(
                refusal(
                        "HS256 secret shorter than 32 bytes",
                        "sluice.auth.issuers[0].secret",
                        SHORT_SECRET.length() + " bytes",
                        ">= 32 bytes",
                        ISSUER + "issuer=me",
                        ISSUER + "secret=" + SHORT_SECRET),
                refusal(
                        "key file that is not there",
                        "sluice.auth.issuers[0].public-key-location",
                        "file:no/such/key.pem",
                        "a readable file of PEM keys or a JWK set",
                        ISSUER + "issuer=me",
                        ISSUER + "public-key-location=file:no/such/key.pem"),
                refusal(
                        "key file without a key",
                        "sluice.auth.issuers[0].public-key-location",
                        "classpath:sluice-defaults.yml",
                        "",
                        ISSUER + "issuer=me",
                        ISSUER + "public-key-location=classpath:sluice-defaults.yml"),
                refusal(
                        "issuer without keys",
                        "sluice.auth.issuers[0]",
                        "0 sources of keys",
                        "jwk-set-uri, public-key-location, secret",
                        ISSUER + "issuer=me"));
    }

    private static List<Refusal> limits() {
        return List.of(
                refusal(
                        "refill period 0",
                        "sluice.rate-limits.p.refill-period",
                        "PT0S",
                        "longer than 0",
                        "sluice.rate-limits.p.key=ip",
                        "sluice.rate-limits.p.capacity=1",
                        "sluice.rate-limits.p.refill-tokens=1",
                        "sluice.rate-limits.p.refill-period=0s"),
                refusal(
                        "capacity left out",
                        "sluice.rate-limits.p.capacity",
                        "null",
                        "a whole number >= 1",
                        "sluice.rate-limits.p.key=ip",
                        "sluice.rate-limits.p.refill-tokens=1",
                        "sluice.rate-limits.p.refill-period=1s"));
    }

    private static List<Refusal> process() {
        return List.of(
                refusal(
                        "key that nobody reads",
                        "sluice.upstreams.u.algoritm",
                        "round-robin",
                        "",
                        AN_INSTANCE,
                        "sluice.upstreams.u.algoritm=round-robin"),
                refusal(
                        "SSL bundle of the server that is not there",
                        "server.ssl.bundle",
                        "nobodys",
                        "spring.ssl.bundle",
                        "server.ssl.bundle=nobodys"),
                refusal(
                        "SSL bundle of a server name that is not there",
                        "server.ssl.server-name-bundles[0].bundle",
                        "nobodys",
                        "spring.ssl.bundle",
                        "server.ssl.server-name-bundles[0].server-name=a.example.com",
                        "server.ssl.server-name-bundles[0].bundle=nobodys"),
                refusal(
                        "key store of the server that cannot be read",
                        "server.ssl.key-store",
                        "file:no/such/store.p12",
                        "can be read",
                        "server.ssl.key-store=file:no/such/store.p12"),
                refusal(
                        "management on the traffic port",
                        "management.server.port",
                        "18080",
                        "another port than server.port",
                        "server.port=18080",
                        "management.server.port=18080"),
                refusal(
                        "drain longer than the phase",
                        "sluice.shutdown.drain",
                        "PT20S",
                        "spring.lifecycle.timeout-per-shutdown-phase",
                        "sluice.shutdown.drain=20s"),
                refusal(
                        "trusted proxy that is no network",
                        "sluice.trusted-proxies",
                        "10.0.0.0/99",
                        "",
                        "sluice.trusted-proxies=10.0.0.0/99"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void start_wrongSetting_oneMessageNamesIt(Refusal refusal, CapturedOutput output) {
        List<String> arguments = new ArrayList<>();
        arguments.add("--server.port=0");
        arguments.add("--management.server.port=0");
        // Last of a name wins, so a case may set a port of its own.
        refusal.settings().forEach(setting -> arguments.add("--" + setting));
        SpringApplication application = new SpringApplication(SluiceApplication.class);
        application.setRegisterShutdownHook(false);
        assertThatThrownBy(() -> application.run(distinct(arguments)).close());
        // The log is written by a thread of its own; the report is one piece, and the last.
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> output.getAll().contains(FAILED));
        assertRefusal(output.getAll(), refusal);
    }

    /** Without what a later argument sets anew: Spring would join the two. */
    private static String[] distinct(List<String> arguments) {
        Map<String, String> byName = new java.util.LinkedHashMap<>();
        arguments.forEach(one -> byName.put(one.substring(0, one.indexOf('=')), one));
        return byName.values().toArray(String[]::new);
    }

    private static void assertRefusal(String log, Refusal refusal) {
        assertThat(log)
                .containsOnlyOnce(FAILED)
                .doesNotContain("\tat ")
                .doesNotContain(SHORT_SECRET);
        String report = log.substring(log.indexOf(FAILED));
        assertThat(report)
                .contains(refusal.property())
                .contains(refusal.value())
                .contains(refusal.expected());
        assertThat(log.substring(0, log.indexOf(FAILED)))
                .as("said in the report and nowhere else")
                .doesNotContain(refusal.property());
    }

    @Test
    void process_wrongSetting_endsWithAStatusOtherThan0() {
        Refusal refusal = upstreams().get(0);
        try (Gateway gateway =
                Gateway.launch(
                        "",
                        Map.of(),
                        refusal.settings().stream().map(s -> "--" + s).toArray(String[]::new))) {
            assertThat(gateway.awaitExit(Duration.ofSeconds(180))).isNotZero();
            assertRefusal(gateway.log(), refusal);
        }
    }
}
