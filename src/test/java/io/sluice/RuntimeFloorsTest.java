package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpObjectDecoder;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.util.internal.PlatformDependent;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.cloud.gateway.route.Route;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;

/**
 * The security floors on the jars that really are on the class path, whatever a dependency's own
 * pom brought in. The enforcer holds the same floors on the declared versions.
 */
class RuntimeFloorsTest {

    private static final Pattern VERSION = Pattern.compile("-(\\d+(?:\\.\\d+)+)[^/]*\\.jar$");

    static Stream<Arguments> floors() {
        return Stream.of(
                Arguments.of(PlatformDependent.class, "4.2.18"),
                Arguments.of(HttpObjectDecoder.class, "4.2.18"),
                Arguments.of(Http2FrameCodec.class, "4.2.18"),
                Arguments.of(SslContext.class, "4.2.18"),
                Arguments.of(HttpServer.class, "1.3.8"),
                Arguments.of(Mono.class, "3.8.8"),
                Arguments.of(Route.class, "5.0.2"));
    }

    @ParameterizedTest
    @MethodSource("floors")
    void version_atRuntime_isAtLeastTheFloor(Class<?> type, String floor)
            throws URISyntaxException {
        Path jar = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        Matcher version = VERSION.matcher(jar.toString());
        assertThat(version.find()).as("a version in " + jar.getFileName()).isTrue();
        assertThat(Arrays.compare(numbers(version.group(1)), numbers(floor)))
                .as("%s against the floor %s", jar.getFileName(), floor)
                .isNotNegative();
    }

    private static int[] numbers(String version) {
        return Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
    }
}
