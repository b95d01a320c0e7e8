package io.sluice.it;

import java.util.List;
import java.util.function.Predicate;

/**
 * What gateways say, added up, of one policy's decisions and of their calls to Redis.
 *
 * @param shared admitted by Redis's word, with a call of their own or another's
 * @param local admitted without Redis
 * @param denied by whomever
 * @param failures calls to Redis that failed or were too late
 */
record LimitCounts(long shared, long local, long denied, long failures) {

    static LimitCounts of(List<Gateway> gateways, String policy) {
        LimitCounts sum = new LimitCounts(0, 0, 0, 0);
        for (Gateway gateway : gateways) {
            sum = sum.plus(of(gateway, policy));
        }
        return sum;
    }

    private static LimitCounts of(Gateway gateway, String policy) {
        List<String> lines = gateway.manage("/actuator/prometheus").body().lines().toList();
        String own = "policy=\"" + policy + "\"";
        return new LimitCounts(
                decisions(lines, own, "allowed", line -> !line.contains("source=\"local\"")),
                decisions(lines, own, "allowed", line -> line.contains("source=\"local\"")),
                decisions(lines, own, "denied", line -> true),
                sum(
                        lines,
                        line ->
                                line.startsWith("sluice_ratelimit_store_seconds_count")
                                        && line.contains("outcome=\"failure\"")));
    }

    private static long decisions(
            List<String> lines, String policy, String decision, Predicate<String> source) {
        return sum(
                lines,
                line ->
                        line.startsWith("sluice_ratelimit_decisions_total")
                                && line.contains(policy)
                                && line.contains("decision=\"" + decision + "\"")
                                && source.test(line));
    }

    private static long sum(List<String> lines, Predicate<String> wanted) {
        return lines.stream()
                .filter(wanted)
                .mapToLong(line -> (long) Double.parseDouble(line.split(" ")[1]))
                .sum();
    }

    LimitCounts plus(LimitCounts other) {
        return new LimitCounts(
                shared + other.shared,
                local + other.local,
                denied + other.denied,
                failures + other.failures);
    }

    LimitCounts since(LimitCounts before) {
        return new LimitCounts(
                shared - before.shared,
                local - before.local,
                denied - before.denied,
                failures - before.failures);
    }
}
