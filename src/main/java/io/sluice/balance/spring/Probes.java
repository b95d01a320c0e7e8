package io.sluice.balance.spring;

import io.sluice.health.HealthCheckSettings;
import io.sluice.health.ProbeState;
import io.sluice.health.spring.HealthProber;
import io.sluice.health.spring.ProbeGate;
import io.sluice.proxy.TlsSettings;
import io.sluice.proxy.spring.UpstreamTls;
import io.sluice.upstream.Endpoint;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;

/** Starts the active checks of upstreams that ask for them; all of them share one gate. */
final class Probes {

    /** The checks of one upstream: fed with its endpoints, stopped with it. */
    record Running(Consumer<List<Endpoint>> endpoints, Runnable stop) {

        static final Running NONE = new Running(endpoints -> {}, () -> {});
    }

    private final Control control;
    private final HttpClient client;
    private final ProbeGate gate = new ProbeGate(ProbeGate.DEFAULT_MOST);

    private final UpstreamTls tls;

    /**
     * @param client without a pool, with the trust that https instances need where their upstream
     *     has none of its own
     */
    Probes(Control control, HttpClient client, UpstreamTls tls) {
        this.control = control;
        this.client = client;
        this.tls = tls;
    }

    /**
     * @param found is told what each check has found
     */
    Running start(BiConsumer<Endpoint, ProbeState> found, UpstreamSettings settings) {
        HealthCheckSettings check = settings.healthCheck();
        if (check == null) {
            return Running.NONE;
        }
        HealthProber prober =
                new HealthProber(
                        check,
                        client(settings.tls()),
                        gate,
                        Schedulers.parallel(),
                        control.random(),
                        control.nanoClock(),
                        found::accept);
        prober.start();
        return new Running(prober::endpoints, prober::stop);
    }

    private HttpClient client(@Nullable TlsSettings own) {
        return own == null ? client : tls.secure(client, own);
    }
}
