package io.sluice.auth;

/**
 * What a token says before any key was looked up: either it is refused already, or it is plausible
 * and names the issuer, algorithm and key to try.
 */
public sealed interface Examination permits PlausibleToken, Verification.Refused {}
