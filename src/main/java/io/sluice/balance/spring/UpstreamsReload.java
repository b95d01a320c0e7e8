package io.sluice.balance.spring;

import io.sluice.pipeline.Draft;
import io.sluice.pipeline.Reloadable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes upstreams anew. One that says what it said goes on as it is; one with other settings takes
 * counts, estimates, ejections and what probes found from the one before, and its source and health
 * checks too as long as they are the same.
 */
final class UpstreamsReload implements Reloadable {

    /** One upstream's way from the set that serves to the next. */
    private record Change(@Nullable FedUpstream before, FedUpstream after) {

        boolean isNone() {
            return before == after;
        }

        boolean keepsSource() {
            return before != null && before.feed() == after.feed();
        }

        boolean keepsChecks() {
            UpstreamSettings now = after.upstream().settings();
            UpstreamSettings then = before == null ? null : before.upstream().settings();
            return keepsSource()
                    && then != null
                    && Objects.equals(now.healthCheck(), then.healthCheck())
                    && Objects.equals(now.tls(), then.tls());
        }
    }

    private final Upstreams upstreams;
    private final Control control;
    private final Function<BalanceSettings, UpstreamSet> checked;

    /**
     * @param checked the settings of all upstreams, checked, with none of them running
     */
    UpstreamsReload(
            Upstreams upstreams, Control control, Function<BalanceSettings, UpstreamSet> checked) {
        this.upstreams = upstreams;
        this.control = control;
        this.checked = checked;
    }

    @Override
    public void prepare(Draft draft) {
        UpstreamSet before = draft.configuration().get(UpstreamSet.PART);
        BalanceSettings given = draft.setting(BalanceSettings.class);
        // The certificates that a bundle names may have changed, so all are checked.
        UpstreamSet next = checked.apply(given);
        if (given.equals(before.given())) {
            return;
        }
        boolean allOther =
                !given.defaultAlgorithm().equals(before.given().defaultAlgorithm())
                        || !Objects.equals(given.zone(), before.given().zone());
        List<Change> changes = new ArrayList<>();
        Map<String, FedUpstream> fed = new HashMap<>();
        next.settings()
                .forEach(
                        (id, settings) -> {
                            FedUpstream former = upstreams.running(id, before);
                            boolean same =
                                    !allOther
                                            && Objects.equals(
                                                    given.upstreams().get(id),
                                                    before.given().upstreams().get(id));
                            FedUpstream after =
                                    former == null
                                            ? upstreams.made(settings, given)
                                            : same ? former : successor(former, settings, given);
                            fed.put(id, after);
                            changes.add(new Change(former, after));
                        });
        changes.removeIf(Change::isNone);
        draft.put(UpstreamSet.PART, next.with(fed));
        draft.beforeSwap(() -> start(changes));
        draft.afterSwap(() -> takeOver(changes, before, fed.keySet(), allOther));
        draft.onDiscard(
                () ->
                        changes.stream()
                                .filter(change -> !change.keepsSource())
                                .forEach(change -> discard(change)));
    }

    private static void discard(Change change) {
        if (change.before() == null) {
            change.after().end();
        } else {
            change.after().feed().stop();
        }
    }

    private FedUpstream successor(
            FedUpstream former, UpstreamSettings settings, BalanceSettings given) {
        boolean sameSource = settings.source().equals(former.upstream().settings().source());
        Upstream after =
                control.call(
                        () -> new Upstream(former.upstream(), settings, given.zone(), sameSource));
        return sameSource ? new FedUpstream(after, former.feed()) : upstreams.fed(after);
    }

    /** New sources begin to look, and are given a moment to find something. */
    private void start(List<Change> changes) {
        List<FedUpstream> started = new ArrayList<>();
        for (Change change : changes) {
            if (!change.keepsSource()) {
                change.after().feed().start();
                started.add(change.after());
            }
        }
        upstreams.awaitFirst(started);
    }

    private void takeOver(
            List<Change> changes, UpstreamSet before, Set<String> ids, boolean allOther) {
        for (Change change : changes) {
            FedUpstream after = change.after();
            control.run(after.upstream()::takeOver);
            if (change.keepsSource()) {
                after.feed().redirect(after.upstream());
            } else {
                after.upstream().source(after.feed().source());
            }
            if (!change.keepsChecks()) {
                upstreams.check(after);
            }
            if (change.before() != null && !change.keepsSource()) {
                change.before().feed().stop();
            }
        }
        for (FedUpstream one : before.fed().values()) {
            if (!ids.contains(one.upstream().id())) {
                one.end();
            }
        }
        upstreams.adopted(ids, allOther);
    }
}
