package io.sluice.balance.spring;

import io.sluice.health.ProbeState;
import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * An upstream with what feeds it.
 *
 * @param feed of its endpoints and of what is found out about them
 */
record FedUpstream(Upstream upstream, Feed feed) {

    /** Nobody needs it any more, but requests that have it already. */
    void end() {
        feed.stop();
        upstream.end();
    }

    /**
     * A source of endpoints and the health checks of what it finds, for one upstream after the
     * other: it goes on where only other settings change.
     */
    static final class Feed {

        private final EndpointSource source;
        private final CountDownLatch answered = new CountDownLatch(1);
        private volatile Upstream target;
        private Probes.Running checks = Probes.Running.NONE;
        private List<Endpoint> last = List.of();

        Feed(Upstream target, EndpointSource source) {
            this.target = target;
            this.source = source;
        }

        EndpointSource source() {
            return source;
        }

        void start() {
            source.start(this::found);
        }

        private synchronized void found(List<Endpoint> endpoints) {
            last = endpoints;
            target.endpoints(endpoints);
            checks.endpoints().accept(endpoints);
            answered.countDown();
        }

        void probed(Endpoint endpoint, ProbeState state) {
            target.probed(endpoint.id(), state);
        }

        /** From now on it feeds this one, with what it found last. */
        synchronized void redirect(Upstream next) {
            target = next;
            if (answered.getCount() == 0) {
                next.endpoints(last);
            }
        }

        /** Has its endpoints checked by these in place of others. */
        synchronized void check(Probes.Running next) {
            checks.stop().run();
            checks = next;
            next.endpoints().accept(last);
        }

        /** Counted down with the source's first answer. */
        CountDownLatch answered() {
            return answered;
        }

        synchronized void stop() {
            source.stop();
            checks.stop().run();
        }
    }
}
