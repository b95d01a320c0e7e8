package io.sluice.ratelimit.redis;

import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.PolicyResult;
import io.sluice.ratelimit.TokenBucket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * One decision in several calls, for buckets that no one slot of a Cluster holds: in turn, those
 * that many requests share first. What a later one does not grant is given back to the earlier
 * ones, so that together they took what was granted in the end.
 */
final class SlotTurns {

    private final ScriptCall call;
    private final List<List<Demand>> groups;

    SlotTurns(ScriptCall call, List<List<Demand>> groups) {
        this.call = call;
        this.groups = groups;
    }

    /** One list per identity, and so per slot; what many requests share comes first. */
    static List<List<Demand>> groups(List<Demand> demands) {
        Map<String, List<Demand>> coarse = new LinkedHashMap<>();
        Map<String, List<Demand>> fine = new LinkedHashMap<>();
        for (Demand demand : demands) {
            (demand.policy().key().coarse() ? coarse : fine)
                    .computeIfAbsent(demand.identity(), identity -> new ArrayList<>(2))
                    .add(demand);
        }
        List<List<Demand>> groups = new ArrayList<>(coarse.values());
        groups.addAll(fine.values());
        return groups;
    }

    CompletableFuture<DecideScript.Reply> run(long permits) {
        return next(0, permits, permits, List.of());
    }

    private CompletableFuture<DecideScript.Reply> next(
            int turn, long wished, long permits, List<DecideScript.Reply> before) {
        if (turn == groups.size()) {
            return CompletableFuture.completedFuture(joined(permits, wished, before));
        }
        if (turn > 0 && call.isOver()) {
            return keep(before, 0, wished)
                    .thenCompose(
                            done ->
                                    CompletableFuture.failedFuture(
                                            new TimeoutException("time is over between calls")));
        }
        return call.run(groups.get(turn), permits)
                .exceptionallyCompose(
                        failure ->
                                keep(before, 0, wished)
                                        .thenCompose(
                                                done ->
                                                        CompletableFuture.failedFuture(
                                                                ScriptCall.cause(failure))))
                .thenCompose(reply -> settle(turn, wished, permits, before, reply));
    }

    private CompletableFuture<DecideScript.Reply> settle(
            int turn,
            long wished,
            long permits,
            List<DecideScript.Reply> before,
            DecideScript.Reply reply) {
        CompletableFuture<List<DecideScript.Reply>> earlier =
                reply.granted() < permits
                        ? keep(before, reply.granted(), wished)
                        : CompletableFuture.completedFuture(before);
        return earlier.thenCompose(
                replies -> {
                    List<DecideScript.Reply> all = new ArrayList<>(replies);
                    all.add(reply);
                    return reply.granted() == 0
                            ? CompletableFuture.completedFuture(joined(0, wished, all))
                            : next(turn + 1, wished, reply.granted(), all);
                });
    }

    /** Gives back all but so many permits; the replies then say what is left. */
    private CompletableFuture<List<DecideScript.Reply>> keep(
            List<DecideScript.Reply> before, long kept, long wished) {
        CompletableFuture<List<DecideScript.Reply>> done =
                CompletableFuture.completedFuture(new ArrayList<>());
        for (DecideScript.Reply reply : before) {
            done =
                    done.thenCombine(
                            keep(reply, kept, wished),
                            (replies, after) -> {
                                replies.add(after);
                                return replies;
                            });
        }
        return done;
    }

    private CompletableFuture<DecideScript.Reply> keep(
            DecideScript.Reply reply, long kept, long wished) {
        List<Demand> refunds = new ArrayList<>(reply.results().size());
        boolean any = false;
        for (PolicyResult result : reply.results()) {
            long back = Math.max(0, taken(result) - kept);
            any |= back > 0;
            refunds.add(result.demand().withCost(back * result.demand().cost()));
        }
        if (!any) {
            return CompletableFuture.completedFuture(replaced(reply, reply, kept, wished));
        }
        return call.run(refunds, -1)
                .handle(
                        (after, lost) ->
                                after == null
                                        ? replaced(reply, reply, kept, wished)
                                        : replaced(reply, after, kept, wished));
    }

    /** The earlier reply's demands with what is left now, and as much taken as was kept. */
    private static DecideScript.Reply replaced(
            DecideScript.Reply reply, DecideScript.Reply now, long kept, long wished) {
        List<PolicyResult> results = new ArrayList<>(reply.results().size());
        for (int i = 0; i < reply.results().size(); i++) {
            PolicyResult before = reply.results().get(i);
            TokenBucket.Reading left = now.results().get(i).outcome().reading();
            TokenBucket.Reading reading =
                    new TokenBucket.Reading(
                            Math.min(kept, taken(before)), left.left(), left.behindMicros());
            results.add(DecideScript.result(before.demand(), reading, wished));
        }
        return new DecideScript.Reply(Math.min(kept, reply.granted()), results);
    }

    private static long taken(PolicyResult result) {
        return result.outcome().reading().taken();
    }

    private static DecideScript.Reply joined(
            long granted, long wished, List<DecideScript.Reply> replies) {
        List<PolicyResult> all = new ArrayList<>();
        for (DecideScript.Reply reply : replies) {
            for (PolicyResult result : reply.results()) {
                all.add(DecideScript.result(result.demand(), result.outcome().reading(), wished));
            }
        }
        return new DecideScript.Reply(granted, all);
    }
}
