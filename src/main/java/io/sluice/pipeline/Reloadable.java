package io.sluice.pipeline;

/** A feature that can take its settings anew while the gateway runs. */
@FunctionalInterface
public interface Reloadable {

    /**
     * Checks this feature's settings and compiles them into its part of the draft. Nothing that
     * serves is touched: that is for the draft's later steps.
     *
     * @throws io.sluice.settings.SettingException for settings that would refuse a start
     */
    void prepare(Draft draft);
}
