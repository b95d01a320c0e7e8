package io.sluice.proxy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import reactor.netty.http.client.HttpClient;

@ExtendWith(OutputCaptureExtension.class)
class SharedTlsTest {

    private static void configure(boolean insecure) {
        HttpClientProperties.Ssl ssl = new HttpClientProperties().getSsl();
        ssl.setUseInsecureTrustManager(insecure);
        DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();
        new SharedTls(ssl, new ServerProperties(), bundles, new UpstreamTls(bundles, ssl))
                .configureSsl(HttpClient.create());
    }

    @Test
    void insecureTrustManager_isWarnedOfByItsName(CapturedOutput output) {
        configure(true);
        assertThat(output)
                .contains("WARN")
                .contains(
                        "spring.cloud.gateway.server.webflux.httpclient.ssl"
                                + ".use-insecure-trust-manager is true");
    }

    @Test
    void ordinaryTrust_isNotWarnedOf(CapturedOutput output) {
        configure(false);
        assertThat(output).doesNotContain("use-insecure-trust-manager");
    }
}
