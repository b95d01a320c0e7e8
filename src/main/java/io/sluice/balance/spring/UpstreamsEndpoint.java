package io.sluice.balance.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/** {@code /actuator/upstreams[/{id}]}: every upstream, or one; 404 for an id that is none. */
@Endpoint(id = "upstreams")
final class UpstreamsEndpoint {

    /** All of them. */
    record Listing(List<UpstreamStatus> upstreams) {}

    private final Upstreams upstreams;

    UpstreamsEndpoint(Upstreams upstreams) {
        this.upstreams = upstreams;
    }

    @ReadOperation
    public Listing upstreams() {
        return new Listing(upstreams.all().stream().map(Upstream::status).toList());
    }

    @ReadOperation
    public @Nullable UpstreamStatus upstream(@Selector String id) {
        Upstream upstream = upstreams.known(id);
        return upstream == null ? null : upstream.status();
    }
}
