package io.sluice.auth.spring;

import java.util.List;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Down while the last fetch of an issuer's keys has failed, whether or not older ones still serve;
 * for the group {@code dependencies}.
 */
final class IssuerKeysHealthIndicator extends AbstractHealthIndicator {

    private final Supplier<TokenCheck> check;

    IssuerKeysHealthIndicator(Supplier<TokenCheck> check) {
        this.check = check;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        List<String> failing = check.get().failingIssuers();
        builder.status(failing.isEmpty() ? "UP" : "DOWN").withDetail("failing", failing);
    }
}
