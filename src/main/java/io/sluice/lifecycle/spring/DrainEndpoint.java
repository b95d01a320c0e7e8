package io.sluice.lifecycle.spring;

import java.util.Locale;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * {@code /actuator/drain}: GET tells where the drain stands, POST starts one without stopping the
 * process, DELETE takes it back. Both may be repeated; DELETE answers 409 once the process ends.
 */
@Endpoint(id = "drain")
public final class DrainEndpoint {

    private static final int CONFLICT = 409;

    /**
     * Where the drain stands.
     *
     * @param state serving, draining, closing_streams or closed
     * @param ending whether the process is ending
     * @param requestsInFlight requests that the traffic port is working on, streams among them
     * @param streams event streams and WebSockets among them
     */
    public record Status(String state, boolean ending, int requestsInFlight, int streams) {}

    private final Drain drain;

    DrainEndpoint(Drain drain) {
        this.drain = drain;
    }

    @ReadOperation
    public Status status() {
        return new Status(
                drain.state().name().toLowerCase(Locale.ROOT),
                drain.forGood(),
                drain.requests(),
                drain.streams());
    }

    @WriteOperation
    public Status start() {
        drain.begin();
        return status();
    }

    @DeleteOperation
    public WebEndpointResponse<Status> takeBack() {
        drain.takeBack();
        return drain.forGood()
                ? new WebEndpointResponse<>(status(), CONFLICT)
                : new WebEndpointResponse<>(status());
    }
}
