package io.sluice.observe;

/** Names of the meters, as Micrometer spells them; Prometheus writes {@code _} for {@code .}. */
public final class MetricNames {

    /** Timer with histogram: {@code route}, {@code status}, {@code outcome}. */
    public static final String REQUESTS = "sluice.requests";

    /** Timer: {@code upstream}, {@code instance}, {@code outcome}. */
    public static final String UPSTREAM_REQUESTS = "sluice.upstream.requests";

    /** Gauge: {@code upstream}, {@code instance}. */
    public static final String UPSTREAM_IN_FLIGHT = "sluice.upstream.inflight";

    /** Gauge: {@code upstream}, {@code state}. */
    public static final String UPSTREAM_INSTANCES = "sluice.upstream.instances";

    /** Counter: {@code upstream}. */
    public static final String UPSTREAM_RETRIES = "sluice.upstream.retries";

    /** Gauge, 0 or 1: {@code upstream}. */
    public static final String UPSTREAM_SOURCE_UP = "sluice.upstream.source.up";

    /** Gauge: the version of the active configuration. */
    public static final String CONFIG_VERSION = "sluice.config.version";

    /** Counter: {@code result}. */
    public static final String CONFIG_RELOADS = "sluice.config.reloads";

    /** Gauge: open connections to the traffic port. */
    public static final String CONNECTIONS = "sluice.connections";

    /** Counter: lines of the access log that were dropped because nobody took them. */
    public static final String ACCESS_LOG_DROPPED = "sluice.access.log.dropped";

    /** Counter: lines of the other log that were dropped for the same reason. */
    public static final String LOG_DROPPED = "sluice.log.dropped";

    /** Counter: spans that no collector has got. */
    public static final String SPANS_DROPPED = "sluice.tracing.spans.dropped";

    /** Counter: {@code reason}; connections and requests ended because of what the client did. */
    public static final String CUT = "sluice.connections.cut";

    /** Gauge: {@code state}; 1 for the one that the drain is in. */
    public static final String DRAIN_STATE = "sluice.drain.state";

    /** Gauge: event loops of the traffic port that are blocked. */
    public static final String EVENT_LOOPS_STALLED = "sluice.event.loops.stalled";

    private MetricNames() {}
}
