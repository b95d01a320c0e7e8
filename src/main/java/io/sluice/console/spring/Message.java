package io.sluice.console.spring;

import io.sluice.console.Picture;
import io.sluice.lifecycle.spring.DrainEndpoint;
import io.sluice.reload.ReloadStatus;
import org.jspecify.annotations.Nullable;

/**
 * One second, as the page gets it.
 *
 * @param time in milliseconds since 1970
 * @param actuator path below which the management endpoints stand
 * @param store which store decides rate limits: redis or local
 * @param drain where the drain stands
 * @param configuration what is active and what was refused; {@code null} where nothing is reloaded
 * @param picture the rest
 */
record Message(
        long time,
        String actuator,
        String store,
        DrainEndpoint.Status drain,
        @Nullable ReloadStatus configuration,
        Picture picture) {}
