package io.sluice.pipeline;

import io.sluice.upstream.Lease;
import io.sluice.upstream.Outcome;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Follows requests through the gateway. There is one only where tracing is on. Thread-safe. */
@FunctionalInterface
public interface Tracing {

    /** A request has arrived. */
    RequestTrace begin(ServerHttpRequest request);

    /** One request, and the attempts that are made for it. Thread-safe. */
    interface RequestTrace {

        /** An attempt begins, at an instance of an upstream. */
        void attempt(RequestState state, Lease lease);

        /** The attempt under way was answered with this status. */
        void answered(int status);

        /** The attempt that holds this lease is over. */
        void attemptEnded(Lease lease, Outcome outcome);

        /** Says in the headers of the request to an upstream what it is part of. */
        void tell(RequestHeaderRule.Outgoing headers);

        /**
         * The request is over; a lease that is still held is told of by {@link #attemptEnded}.
         *
         * @param route its id, or {@code null} where none matched
         * @param outcome as in the access record
         */
        void ended(RequestState state, @Nullable String route, int status, String outcome);

        /** The trace's id: 32 hexadecimal digits. */
        String traceId();
    }
}
