package io.sluice.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.TopContainerResponse;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * The image of the Dockerfile as a container: read-only, without a capability, beside a Redis in
 * another one. The JVM is told to fail where it cannot use the image's AOT cache.
 */
@EnabledIfSystemProperty(
        named = "sluice.test.docker",
        matches = "true",
        disabledReason = "builds an image: needs Docker and -Dsluice.test.docker=true")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ContainerIT {

    private static final Duration START = Duration.ofMinutes(3);
    private static final int SIGTERM_STATUS = 128 + 15;

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final DockerClient DOCKER = DockerClientFactory.lazyClient();

    private static Network network;
    private static HttpServer upstream;
    private static GenericContainer<?> redis;
    private static GenericContainer<?> gateway;

    @BeforeAll
    static void start() throws Exception {
        network = Network.newNetwork();
        String host = hostIn(network);
        upstream = HttpServer.create(new InetSocketAddress(host, 0), 0);
        upstream.createContext(
                "/",
                exchange -> {
                    byte[] body = "hello".getBytes();
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        upstream.start();
        redis =
                new GenericContainer<>(Images.redis())
                        .withNetwork(network)
                        .withNetworkAliases("redis")
                        .withExposedPorts(6379);
        redis.start();
        gateway =
                new GenericContainer<>(Images.gateway())
                        .withNetwork(network)
                        .withExposedPorts(8080, 8081)
                        .withEnv("JDK_JAVA_OPTIONS", "-XX:AOTMode=on")
                        .withEnv(
                                "SPRING_APPLICATION_JSON",
                                configuration(host, upstream.getAddress().getPort()))
                        .withCreateContainerCmdModifier(create -> restrict(create.getHostConfig()))
                        .waitingFor(
                                Wait.forHttp("/readyz").forPort(8080).withStartupTimeout(START));
        gateway.start();
    }

    private static String hostIn(Network network) {
        return DOCKER.inspectNetworkCmd()
                .withNetworkId(network.getId())
                .exec()
                .getIpam()
                .getConfig()
                .get(0)
                .getGateway();
    }

    private static String configuration(String host, int port) {
        return """
                {
                  "spring.data.redis.host": "redis",
                  "sluice.rate-limits.five": {
                    "key": "ip", "capacity": 5, "refill-tokens": 1, "refill-period": "1h"
                  },
                  "sluice.upstreams.greeter.instances": [ { "uri": "http://%s:%d" } ],
                  "spring.cloud.gateway.server.webflux.routes": [ {
                    "id": "greet",
                    "uri": "lb://greeter",
                    "predicates": [ "Path=/greet" ],
                    "filters": [ "RateLimit=five" ]
                  } ]
                }
                """
                .formatted(host, port);
    }

    /** What the restricted Pod Security standard and the chart ask for. */
    private static void restrict(HostConfig host) {
        host.withReadonlyRootfs(true)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"))
                .withMemory(512L << 20)
                .withTmpFs(Map.of("/tmp", "rw,size=64m"));
    }

    @AfterAll
    static void stop() {
        for (GenericContainer<?> container : new GenericContainer<?>[] {gateway, redis}) {
            if (container != null) {
                container.stop();
            }
        }
        if (upstream != null) {
            upstream.stop(0);
        }
        if (network != null) {
            network.close();
        }
    }

    @Test
    @Order(1)
    void requests_throughTheContainer_areProxiedAndLimitedInRedis() throws Exception {
        for (int left = 4; left >= 0; left--) {
            HttpResponse<String> answer = get(8080, "/greet");
            assertThat(answer.statusCode()).as(gateway.getLogs()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("hello");
            assertThat(answer.headers().firstValue("X-RateLimit-Remaining")).hasValue("" + left);
        }
        assertThat(get(8080, "/greet").statusCode()).isEqualTo(429);
        assertThat(gateway.getLogs()).contains("\"rateLimitSource\":\"redis\"");
    }

    @Test
    @Order(1)
    void billOfMaterials_inTheImage_isServed() throws Exception {
        assertThat(get(8081, "/actuator/sbom/application").body()).contains("CycloneDX");
    }

    @Test
    @Order(1)
    void container_runsTheJvmAsProcessOne_asNobodyOnAReadOnlyRoot() {
        TopContainerResponse top =
                DOCKER.topContainerCmd(gateway.getContainerId())
                        .withPsArgs("-o pid,uid,comm")
                        .exec();
        assertThat(top.getProcesses()).hasDimensions(1, 3);
        assertThat(top.getProcesses()[0]).endsWith("65532", "java");
        InspectContainerResponse inspected =
                DOCKER.inspectContainerCmd(gateway.getContainerId()).exec();
        assertThat(inspected.getHostConfig().getReadonlyRootfs()).isTrue();
        assertThat(inspected.getConfig().getLabels())
                .containsEntry("org.opencontainers.image.title", "Sluice");
    }

    @Test
    @Order(2)
    void stop_bySigterm_endsWithinTheGracePeriod() {
        DOCKER.stopContainerCmd(gateway.getContainerId()).withTimeout(30).exec();
        InspectContainerResponse.ContainerState state =
                DOCKER.inspectContainerCmd(gateway.getContainerId()).exec().getState();
        assertThat(state.getExitCodeLong()).isIn(0L, (long) SIGTERM_STATUS);
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        URI uri =
                URI.create(
                        "http://" + gateway.getHost() + ":" + gateway.getMappedPort(port) + path);
        return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
