package io.sluice.console.spring;

import io.sluice.manage.spring.ManagementProperties;
import java.net.URI;
import java.util.Map;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * {@code /console} on the management port: the page, the files that it loads, and {@code
 * /console/events}, its stream. Only the stream tells anything of this gateway.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnProperty(name = "sluice.console.enabled", matchIfMissing = true)
class ConsolePage {

    /** Everything from here and nothing inline. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'; require-trusted-types-for 'script';"
                    + " trusted-types 'none'";

    private static final Map<String, String> HEADERS =
            Map.of(
                    "Content-Security-Policy", POLICY,
                    "Referrer-Policy", "no-referrer",
                    "X-Content-Type-Options", "nosniff",
                    "X-Frame-Options", "DENY",
                    "Cross-Origin-Opener-Policy", "same-origin",
                    "Cross-Origin-Embedder-Policy", "require-corp",
                    "Cross-Origin-Resource-Policy", "same-origin",
                    "Permissions-Policy",
                            "camera=(), geolocation=(), microphone=(), payment=(), usb=()");

    private static final String RETRY_SECONDS = "10";

    @Bean
    RouterFunction<ServerResponse> consoleRoutes(
            ConsoleFeed feed, ManagementProperties management) {
        ConsoleFiles files = new ConsoleFiles(management.token() != null);
        return RouterFunctions.route()
                .GET("/console", request -> file(files, ConsoleFiles.PAGE, request))
                .GET("/console/", ConsolePage::withoutSlash)
                .GET("/console/events", request -> events(feed))
                .GET("/console/{file}", r -> file(files, r.pathVariable("file"), r))
                .build();
    }

    /** The page's links are relative, so that it may stand below any base path. */
    private static Mono<ServerResponse> withoutSlash(ServerRequest request) {
        String path = request.uri().getRawPath();
        return ServerResponse.permanentRedirect(URI.create(path.substring(0, path.length() - 1)))
                .build();
    }

    private static Mono<ServerResponse> file(
            ConsoleFiles files, String name, ServerRequest request) {
        ConsoleFiles.File file = files.find(name);
        if (file == null) {
            return ServerResponse.notFound().headers(ConsolePage::guard).build();
        }
        Mono<ServerResponse> whole =
                ServerResponse.ok()
                        .headers(ConsolePage::guard)
                        .contentType(file.type())
                        .eTag(file.tag())
                        .cacheControl(CacheControl.noCache())
                        .bodyValue(file.content());
        return request.checkNotModified(file.tag()).switchIfEmpty(whole);
    }

    private static Mono<ServerResponse> events(ConsoleFeed feed) {
        if (!feed.admits()) {
            return ServerResponse.status(HttpStatus.SERVICE_UNAVAILABLE)
                    .headers(ConsolePage::guard)
                    .header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS)
                    .build();
        }
        return ServerResponse.ok()
                .headers(ConsolePage::guard)
                .contentType(MediaType.TEXT_EVENT_STREAM)
                .cacheControl(CacheControl.noStore())
                .body(
                        (response, context) -> {
                            DataBufferFactory buffers = response.bufferFactory();
                            return response.writeAndFlushWith(
                                    feed.events().map(event -> Mono.just(buffers.wrap(event))));
                        });
    }

    private static void guard(HttpHeaders headers) {
        HEADERS.forEach(headers::set);
    }
}
