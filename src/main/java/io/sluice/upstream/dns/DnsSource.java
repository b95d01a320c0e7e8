package io.sluice.upstream.dns;

import io.netty.handler.codec.dns.DnsRecordType;
import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointSource;
import io.sluice.upstream.ResolvedName;
import io.sluice.upstream.ResolvedName.Round;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Asks for a name's addresses round after round; {@link ResolvedName} says what they mean. */
public final class DnsSource implements EndpointSource {

    private static final Logger LOG = LoggerFactory.getLogger(DnsSource.class);
    private static final Duration AFTER_A_BUG = Duration.ofSeconds(5);

    private final String id;
    private final String name;
    private final ResolvedName resolved;
    private final DnsQueries queries;
    private volatile @Nullable Disposable running;
    private volatile @Nullable String trouble;
    private @Nullable List<Endpoint> reported;

    /**
     * @param id the upstream's, for the log
     * @param queries closed with this source
     */
    public DnsSource(String id, String name, ResolvedName resolved, DnsQueries queries) {
        this.id = id;
        this.name = name;
        this.resolved = resolved;
        this.queries = queries;
    }

    @Override
    public void start(Consumer<List<Endpoint>> onChange) {
        running =
                Mono.defer(() -> round(onChange))
                        .onErrorResume(this::unexpected)
                        .flatMap(Mono::delay)
                        .repeat()
                        .subscribe();
    }

    private Mono<Duration> round(Consumer<List<Endpoint>> onChange) {
        return Mono.zip(queries.ask(name, DnsRecordType.A), queries.ask(name, DnsRecordType.AAAA))
                .map(
                        answers -> {
                            Round round = resolved.answered(answers.getT1(), answers.getT2());
                            trouble = trouble(round);
                            if (round.changed()) {
                                tell(round);
                            }
                            report(round, onChange);
                            return round.pause();
                        });
    }

    private void report(Round round, Consumer<List<Endpoint>> onChange) {
        boolean news = !round.endpoints().equals(reported);
        if (news && round.state() != ResolvedName.State.FAILING) {
            reported = round.endpoints();
            onChange.accept(round.endpoints());
        }
    }

    private void tell(Round round) {
        int count = round.endpoints().size();
        switch (round.state()) {
            case ANSWERING -> LOG.info("upstream {}: {} has {} addresses", id, name, count);
            case HALF ->
                    LOG.warn(
                            "upstream {}: {} was answered for one address family only, the other"
                                    + " keeps its last addresses: {}",
                            id,
                            name,
                            round.detail());
            case FAILING ->
                    LOG.warn(
                            "upstream {}: {} cannot be resolved, the last {} addresses stay in use:"
                                    + " {}",
                            id,
                            name,
                            count,
                            round.detail());
            case DOUBTED ->
                    LOG.warn(
                            "upstream {}: {} has no address any more; the last {} stay in use until"
                                    + " this has been said {} times in a row",
                            id,
                            name,
                            count,
                            ResolvedName.SURE_AFTER);
            case GONE -> LOG.warn("upstream {}: {} has no address", id, name);
        }
    }

    private Mono<Duration> unexpected(Throwable error) {
        LOG.error("upstream {}: a round of DNS questions failed", id, error);
        return Mono.just(AFTER_A_BUG);
    }

    @Override
    public void stop() {
        Disposable current = running;
        if (current != null) {
            current.dispose();
        }
        queries.close();
    }

    private static @Nullable String trouble(Round round) {
        return switch (round.state()) {
            case ANSWERING -> null;
            case HALF -> "one address family only: " + round.detail();
            case FAILING -> "cannot be resolved: " + round.detail();
            case DOUBTED -> "no address, not yet believed";
            case GONE -> "no address";
        };
    }

    @Override
    public @Nullable String trouble() {
        return trouble;
    }

    @Override
    public String kind() {
        return "dns";
    }
}
