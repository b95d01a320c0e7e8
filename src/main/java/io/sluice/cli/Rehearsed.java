package io.sluice.cli;

import io.sluice.check.spring.Check;
import io.sluice.explain.Explanation;
import io.sluice.explain.spring.Explainer;
import io.sluice.explain.spring.Question;
import io.sluice.reload.Refusal;
import io.sluice.reload.spring.Rehearsal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** A gateway of these files that is asked and not started. */
final class Rehearsed implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Rehearsal rehearsal;
    private final Explainer explainer;

    private Rehearsed(Rehearsal rehearsal) {
        this.rehearsal = rehearsal;
        this.explainer = rehearsal.context().getBean(Explainer.class);
    }

    /**
     * @throws RefusedException when a gateway would not start with them
     */
    static Rehearsed of(Class<?> application, List<Path> files) {
        for (Path file : files) {
            if (!Files.exists(file)) {
                throw new RefusedException(file + ": no such file");
            }
        }
        Rehearsal rehearsal = Check.rehearse(application, files);
        Refusal refusal = rehearsal.refusal();
        if (refusal != null) {
            rehearsal.close();
            throw new RefusedException(refusal.text());
        }
        return new Rehearsed(rehearsal);
    }

    Explanation explain(Question question) {
        return Objects.requireNonNull(explainer.explain(question).block(LIMIT), "no explanation");
    }

    @Override
    public void close() {
        rehearsal.close();
    }
}
