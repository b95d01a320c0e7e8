package io.sluice.balance.spring;

import io.sluice.balance.PickRequest;
import io.sluice.health.OutlierDetector;
import io.sluice.upstream.EndpointSet.Member;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lets one request at a time try an endpoint that comes back from its ejection. Thread-safe. */
final class Trials {

    private final OutlierDetector outliers;
    private final Control control;

    Trials(OutlierDetector outliers, Control control) {
        this.outliers = outliers;
        this.control = control;
    }

    /**
     * The picked member or another in its place.
     *
     * @return {@code null} where only endpoints are left that others are trying
     */
    @Nullable Member admitted(
            KnownEndpoints.Snapshot snapshot,
            PickRequest request,
            @Nullable Member picked,
            long nowNanos) {
        if (outliers.ejected() == 0 || snapshot.plan().panicking()) {
            return picked;
        }
        Member member = picked;
        Set<String> not = null;
        while (member != null && !outliers.mayTry(member.state().id(), control.now())) {
            if (not == null) {
                not = new HashSet<>(request.tried());
            }
            not.add(member.state().id());
            member = snapshot.picker().pick(request.withTried(not), nowNanos);
        }
        return member;
    }
}
