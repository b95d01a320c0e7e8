package io.sluice.auth;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Where revocations are kept, for all gateways. Thread-safe; never blocks. */
public interface RevocationStore {

    /**
     * The values under these names, in their order; null where there is none. Fails where the store
     * cannot be asked or does not answer in time.
     */
    CompletionStage<List<@Nullable String>> values(List<String> names);

    /** Asks over a new connection from now on: the present one may lead to a server that hangs. */
    default void renew() {}
}
