package io.sluice.auth.spring;

import io.sluice.auth.Identity;
import java.security.Principal;

/** The exchange's principal, so that what asks Spring for one finds the verified identity. */
record IdentityPrincipal(Identity identity) implements Principal {

    @Override
    public String getName() {
        return identity.subject();
    }
}
