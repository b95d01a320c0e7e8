package io.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsSettingsTest {

    @Test
    void of_nothingSet_isNone() {
        assertThat(TlsSettings.of("tls", null, null)).isNull();
    }

    @Test
    void of_aBundleAlone_verifiesEachInstancesOwnHost() {
        assertThat(TlsSettings.of("tls", "fleet", null)).isEqualTo(new TlsSettings("fleet", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", "orders.internal", "a-1.b-2.example", "10.0.0.1"})
    void of_aHostName_isTaken(String name) {
        TlsSettings settings = TlsSettings.of("tls", "fleet", name);

        assertThat(settings).isNotNull();
        assertThat(settings.serverName()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-a", "a-.b", "a..b", "a.", "*.internal", "a_b", "a:443", "ü"})
    void of_noHostName_isRefusedByName(String name) {
        assertThatThrownBy(() -> TlsSettings.of("tls", "fleet", name))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("tls.server-name");
    }

    @Test
    void of_aNameThatIsTooLong_isRefused() {
        String name = "a.".repeat(126) + "ab";

        assertThatThrownBy(() -> TlsSettings.of("tls", "fleet", name))
                .isInstanceOf(SettingException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void of_aBlankBundle_isRefusedByName(String bundle) {
        assertThatThrownBy(() -> TlsSettings.of("tls", bundle, null))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("tls.bundle");
    }

    @Test
    void of_aServerNameWithoutABundle_isRefused() {
        assertThatThrownBy(() -> TlsSettings.of("tls", null, "orders.internal"))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("tls.bundle");
    }
}
