package io.sluice.reload.spring;

import io.sluice.reload.ReloadStatus;

/** Which configuration is active, for whoever shows it. */
public final class ConfigurationView {

    private final Reloading reloading;

    ConfigurationView(Reloading reloading) {
        this.reloading = reloading;
    }

    public ReloadStatus status() {
        return reloading.status();
    }
}
