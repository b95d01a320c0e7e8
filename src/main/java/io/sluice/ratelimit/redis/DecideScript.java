package io.sluice.ratelimit.redis;

import io.sluice.ratelimit.BucketShape;
import io.sluice.ratelimit.Decision;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.PolicyResult;
import io.sluice.ratelimit.TokenBucket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** {@code decide.lua} with its arguments and its reply. Immutable. */
final class DecideScript {

    private static final int ARGUMENTS = 5;
    private static final int READINGS = 3;
    private static final byte[] ONE = ascii("1");
    private static final byte[] ZERO = ascii("0");

    private final byte[] text;
    private final String sha;

    DecideScript(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
        this.sha = sha1(this.text);
    }

    /** The script as it is shipped. */
    static DecideScript shipped() {
        return new DecideScript(new String(Scripts.text("decide.lua"), StandardCharsets.UTF_8));
    }

    byte[] text() {
        return text;
    }

    /** The name under which Redis remembers the script. */
    String sha() {
        return sha;
    }

    static byte[][] keys(List<Demand> demands) {
        byte[][] keys = new byte[demands.size()][];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = ascii(demands.get(i).bucket());
        }
        return keys;
    }

    static byte[][] arguments(List<Demand> demands, long permits) {
        byte[][] arguments = new byte[1 + ARGUMENTS * demands.size()][];
        int at = 0;
        arguments[at++] = number(permits);
        for (Demand demand : demands) {
            BucketShape shape = demand.shape();
            arguments[at++] = number(shape.capacity());
            arguments[at++] = number(shape.gain());
            arguments[at++] = number(shape.scale());
            arguments[at++] = number(demand.cost());
            arguments[at++] = demand.enforced() ? ONE : ZERO;
        }
        return arguments;
    }

    /** Reads a reply; the results are in the order of the demands. */
    static Reply reply(List<Demand> demands, long permits, List<?> numbers) {
        List<PolicyResult> results = new ArrayList<>(demands.size());
        int at = 1;
        for (Demand demand : demands) {
            TokenBucket.Reading reading =
                    new TokenBucket.Reading(
                            number(numbers, at), number(numbers, at + 1), number(numbers, at + 2));
            results.add(result(demand, reading, permits));
            at += READINGS;
        }
        return new Reply(number(numbers, 0), results);
    }

    static PolicyResult result(Demand demand, TokenBucket.Reading reading, long permits) {
        return new PolicyResult(
                demand, TokenBucket.outcome(demand.shape(), demand.cost(), reading, permits));
    }

    /** What one call of the script said. */
    record Reply(long granted, List<PolicyResult> results) {
        Decision decision() {
            return Decision.of(granted, results, Decision.Source.REDIS);
        }
    }

    static long number(List<?> numbers, int at) {
        return ((Number) numbers.get(at)).longValue();
    }

    private static byte[] number(long value) {
        return value == 1 ? ONE : ascii(Long.toString(value));
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String sha1(byte[] text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java runtime has SHA-1", impossible);
        }
    }
}
