package io.sluice.balance.spring;

import io.sluice.balance.Algorithm;
import io.sluice.balance.Scores;
import io.sluice.health.HealthView;
import io.sluice.health.OutlierStatus;
import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.EndpointSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * An upstream as {@code /actuator/upstreams} shows it.
 *
 * @param source where its instances come from
 * @param panicking whether unusable instances are used because too few are usable
 * @param zoneLocal whether traffic is kept to the gateway's own zone
 */
public record UpstreamStatus(
        String id,
        String algorithm,
        @Nullable Source source,
        boolean panicking,
        boolean zoneLocal,
        List<Instance> instances) {

    static final String UP = "up";
    static final String DOWN = "down";
    static final String DRAINING = "draining";
    static final List<String> STATES = List.of(UP, DOWN, DRAINING);

    /**
     * Where instances come from.
     *
     * @param kind {@code static}, {@code dns}, {@code kubernetes} or {@code discovery}
     * @param trouble why it does not answer; absent while it does. The last instances stay in use
     */
    public record Source(String kind, @Nullable String trouble) {

        static @Nullable Source of(@Nullable EndpointSource source) {
            return source == null ? null : new Source(source.kind(), source.trouble());
        }
    }

    /** The state of an instance of this weight and health, in a word. */
    static String state(int weight, boolean usable) {
        return weight == 0 ? DRAINING : usable ? UP : DOWN;
    }

    /**
     * @param effectiveWeight its weight now, slow start included
     * @param responseTimeMillis the estimate that least-response-time reads; absent while unknown
     * @param score what the algorithm compares, the lowest first; absent where it goes by turn or
     *     key
     * @param health {@code up}, {@code down} or {@code draining}
     * @param reason the same in words
     * @param ejectedSeconds how long it stays ejected; absent when it is not
     */
    public record Instance(
            String id,
            String uri,
            int weight,
            double effectiveWeight,
            @Nullable String zone,
            int inFlight,
            long picks,
            long failures,
            @Nullable Double responseTimeMillis,
            @Nullable Double score,
            String health,
            String reason,
            @Nullable Double ejectedSeconds,
            Map<String, String> metadata) {

        /**
         * @param algorithm what the score is for
         * @param weightScale how much of the member's weight stands for one unit
         * @param outlier what passive detection holds of it; {@code null} where that is off
         */
        static Instance of(
                Member member,
                Algorithm algorithm,
                int weightScale,
                HealthView health,
                @Nullable OutlierStatus outlier,
                long nowNanos) {
            Endpoint endpoint = member.endpoint();
            long estimate = member.state().responseTimeNanos(nowNanos);
            double weight = (double) member.weight() / weightScale;
            OptionalDouble score = Scores.of(algorithm, member.state(), weight, nowNanos);
            boolean ejected = outlier != null && outlier.phase() == OutlierStatus.Phase.EJECTED;
            return new Instance(
                    endpoint.id(),
                    endpoint.scheme() + "://" + endpoint.id(),
                    endpoint.weight(),
                    weight,
                    endpoint.zone(),
                    member.state().inFlight(),
                    member.state().picks(),
                    member.state().failures(),
                    estimate < 0 ? null : estimate / 1e6,
                    score.isPresent() ? score.getAsDouble() : null,
                    state(endpoint.weight(), health.usable()),
                    health.reason(),
                    ejected && outlier != null
                            ? Math.max(0, (outlier.untilNanos() - nowNanos) / 1e9)
                            : null,
                    endpoint.metadata());
        }
    }
}
