/**
 * Who may pass: tokens, keys, and the identity that goes upstream.
 *
 * <p>A token's way, each step a plain function of values:
 *
 * <ol>
 *   <li>{@link io.sluice.auth.Credential} finds it in the request's headers.
 *   <li>{@link io.sluice.auth.VerifiedTokens} may know it already; then only its times, its key and
 *       the route's rules are looked at.
 *   <li>{@link io.sluice.auth.TokenVerifier#examine} decides all that needs no key: form, type,
 *       algorithm, issuer, times, audience. What is refused here costs no fetch and no signature.
 *   <li>{@link io.sluice.auth.KeySetState} says whether the issuer's keys are at hand, must be
 *       fetched, or cannot be had. Fetching is an adapter's work.
 *   <li>{@link io.sluice.auth.TokenVerifier#verify} checks the signature and gives a {@link
 *       io.sluice.auth.Verification}: verified, refused with a fixed reason, or keys unavailable.
 *   <li>{@link io.sluice.auth.AccessRules} judges the identity by what the route asks.
 *   <li>{@link io.sluice.auth.IdentityHeaders} says which headers tell the upstream about it. The
 *       same class says what must be removed from every inbound request, so the two cannot differ.
 * </ol>
 *
 * <p>Nothing of a token decides how it is verified: algorithms come from {@link
 * io.sluice.auth.IssuerRules}, keys from the issuer's own {@link io.sluice.auth.KeySet}. Keys,
 * tokens and secrets appear in no message and no {@code toString}.
 *
 * <p>This package knows the JDK and Nimbus (for JSON, JWK and signatures) and nothing else.
 */
@NullMarked
package io.sluice.auth;

import org.jspecify.annotations.NullMarked;
