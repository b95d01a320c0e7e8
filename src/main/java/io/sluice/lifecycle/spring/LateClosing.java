package io.sluice.lifecycle.spring;

import io.sluice.pipeline.Closing;
import org.springframework.beans.factory.ObjectProvider;
import reactor.core.publisher.Mono;

/** Finds the drain when it is first asked: a bean post-processor must not pull beans up early. */
final class LateClosing implements Closing {

    private final ObjectProvider<Closing> provider;
    private volatile Closing found = Closing.NEVER;

    LateClosing(ObjectProvider<Closing> provider) {
        this.provider = provider;
    }

    private Closing closing() {
        Closing known = found;
        if (known == Closing.NEVER) {
            known = provider.getIfAvailable(() -> Closing.NEVER);
            found = known;
        }
        return known;
    }

    @Override
    public boolean draining() {
        return closing().draining();
    }

    @Override
    public void arrived() {
        closing().arrived();
    }

    @Override
    public Mono<Void> streamsClose(Mono<Void> farewell) {
        return closing().streamsClose(farewell);
    }
}
