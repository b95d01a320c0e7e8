package io.sluice.pipeline;

import org.springframework.context.ApplicationContext;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * Tells the traffic port from the management port. Spring runs the main context's web filters on
 * both; the management port's exchanges carry its own child context.
 */
public final class TrafficPort {

    private final ApplicationContext main;

    public TrafficPort(ApplicationContext main) {
        this.main = main;
    }

    /** Whether this is a question about the gateway itself, on its own paths. */
    public static boolean isProbe(ServerHttpRequest request) {
        String path = request.getURI().getRawPath();
        return path.equals("/readyz") || path.equals("/livez");
    }

    /** Whether this exchange came in on the traffic port. */
    public boolean carries(ServerWebExchange exchange) {
        ApplicationContext context = exchange.getApplicationContext();
        return context == null || context == main;
    }
}
