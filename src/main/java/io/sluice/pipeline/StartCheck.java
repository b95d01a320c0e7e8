package io.sluice.pipeline;

/**
 * A look at the whole configuration that belongs to the start, and to a rehearsal of it. Opens,
 * watches and sends nothing.
 */
@FunctionalInterface
public interface StartCheck {

    /**
     * @throws io.sluice.settings.SettingException for a configuration that cannot work
     */
    void check();
}
