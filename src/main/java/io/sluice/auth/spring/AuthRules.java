package io.sluice.auth.spring;

import io.sluice.auth.ApiKeys;
import io.sluice.auth.IdentityHeaders;
import io.sluice.pipeline.Part;

/**
 * What authentication decides by. Immutable; what it holds remembers tokens and keys.
 *
 * @param headers which headers carry an identity
 * @param check who decides tokens
 * @param keys the API keys
 * @param passesUnknown what routes do that do not say, while revocations cannot be asked for
 * @param forwardToken whether upstreams get the token
 */
record AuthRules(
        IdentityHeaders headers,
        TokenCheck check,
        ApiKeys keys,
        boolean passesUnknown,
        boolean forwardToken) {

    static final Part<AuthRules> PART = new Part<>();
}
