/**
 * The decisions around one proxied request: whether a failed attempt may be tried on another
 * endpoint, whether the upstream can bear it, how long to wait before, and how long to wait for
 * what. Plain Java; the streaming itself is done by adapters.
 *
 * <pre>{@code
 * budget.requested();                                        // once per request of a client
 * RetryVerdict verdict = policy.decide("GET", 1, Failure.CONNECT_ERROR, Progress.BODY_UNTOUCHED);
 * if (verdict == RetryVerdict.RETRY && budget.tryRetry()) {
 *     Duration pause = backoff.delay(1);                     // then pick an endpoint not yet tried
 * }
 * }</pre>
 *
 * <p>The policy looks at one request and the budget at all of them: the policy keeps a retry from
 * doing harm twice, the budget keeps retries from burying an upstream that is already down.
 */
@NullMarked
package io.sluice.proxy;

import org.jspecify.annotations.NullMarked;
