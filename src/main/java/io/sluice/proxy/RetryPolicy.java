package io.sluice.proxy;

import io.sluice.settings.Setting;
import java.util.Set;

/**
 * Whether a failed attempt may be made again, on another endpoint. Immutable.
 *
 * <p>Only methods that RFC 9110 section 9.2.2 calls idempotent are sent again, only while no byte
 * of a response can have reached the client, and only for failures that another endpoint is likely
 * not to share. A timeout is not retried: the time that the client was promised is spent.
 *
 * @param attempts attempts in all, the first included; 1 turns retries off
 */
public record RetryPolicy(int attempts) {

    /** One attempt and one retry. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(2);

    /** No retry at all. */
    public static final RetryPolicy NEVER = new RetryPolicy(1);

    private static final int MOST_ATTEMPTS = 10;

    private static final Set<String> IDEMPOTENT =
            Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE");

    /** How an attempt failed. */
    public enum Failure {
        /** No connection could be made; the endpoint has seen nothing. */
        CONNECT_ERROR,
        /** The connection broke, or the answer was not valid HTTP. */
        BROKEN,
        /** The response did not start in time. */
        TIMEOUT,
        /** Anything else, such as a client that went away. */
        OTHER
    }

    /** How far the attempt had come when it failed. */
    public enum Progress {
        /** Nothing of the request's body was taken from the client, or there is none. */
        BODY_UNTOUCHED,
        /** Some of the body went to the endpoint. */
        BODY_SENT,
        /** The head of a response was passed on. */
        RESPONSE_STARTED
    }

    public RetryPolicy {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts: " + attempts + " (expected: >= 1)");
        }
    }

    /**
     * The policy that a setting asks for.
     *
     * @param prefix the path of the settings, such as {@code sluice.upstreams.orders.retry}
     * @throws io.sluice.settings.SettingException unless {@code attempts} is 1 to 10
     */
    public static RetryPolicy of(String prefix, int attempts) {
        return new RetryPolicy(Setting.between(prefix + ".attempts", attempts, 1, MOST_ATTEMPTS));
    }

    /**
     * Judges a failed attempt.
     *
     * @param method the request's method as sent; methods are case-sensitive
     * @param made attempts made so far, the failed one included
     */
    public RetryVerdict decide(String method, int made, Failure failure, Progress progress) {
        if (progress == Progress.RESPONSE_STARTED) {
            return RetryVerdict.RESPONSE_STARTED;
        }
        if (failure != Failure.CONNECT_ERROR && failure != Failure.BROKEN) {
            return RetryVerdict.NOT_WORTH_IT;
        }
        if (!IDEMPOTENT.contains(method)) {
            return RetryVerdict.NOT_IDEMPOTENT;
        }
        if (progress == Progress.BODY_SENT) {
            return RetryVerdict.BODY_SENT;
        }
        return made < attempts ? RetryVerdict.RETRY : RetryVerdict.NO_ATTEMPTS_LEFT;
    }
}
