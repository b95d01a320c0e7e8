package io.sluice.balance.spring;

import java.util.List;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Down while an upstream has no instance that can be used; for the group {@code dependencies}. */
final class UpstreamsHealthIndicator extends AbstractHealthIndicator {

    private final Upstreams upstreams;

    UpstreamsHealthIndicator(Upstreams upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        List<String> without =
                upstreams.all().stream()
                        .map(Upstream::status)
                        .filter(UpstreamsHealthIndicator::isWithout)
                        .map(UpstreamStatus::id)
                        .toList();
        builder.status(without.isEmpty() ? "UP" : "DOWN").withDetail("without", without);
    }

    private static boolean isWithout(UpstreamStatus status) {
        return status.instances().stream()
                .noneMatch(instance -> instance.health().equals(UpstreamStatus.UP));
    }
}
