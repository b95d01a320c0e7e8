package io.sluice.health.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class ProbeGateTest {

    private final ProbeGate gate = new ProbeGate(2);

    @Test
    void submit_moreThanRoom_waitInOrder() {
        List<Sinks.Empty<Void>> probes = new ArrayList<>();
        List<Integer> begun = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            Sinks.Empty<Void> probe = Sinks.empty();
            probes.add(probe);
            gate.submit(probe.asMono().doOnSubscribe(s -> begun.add(number)));
        }
        assertThat(begun).containsExactly(0, 1);
        probes.get(1).tryEmitEmpty();
        assertThat(begun).containsExactly(0, 1, 2);
        probes.get(0).tryEmitError(new IllegalStateException("probe failed"));
        assertThat(begun).containsExactly(0, 1, 2, 3);
        probes.forEach(Sinks.Empty::tryEmitEmpty);
        assertThat(begun).containsExactly(0, 1, 2, 3, 4);
        assertThat(gate.running()).isZero();
    }

    @Test
    void submit_manyThatEndAtOnce_doNotRecurse() {
        AtomicInteger run = new AtomicInteger();
        Sinks.Empty<Void> first = Sinks.empty();
        Sinks.Empty<Void> second = Sinks.empty();
        gate.submit(first.asMono());
        gate.submit(second.asMono());
        for (int i = 0; i < 100_000; i++) {
            gate.submit(Mono.fromRunnable(run::incrementAndGet));
        }
        assertThat(run).hasValue(0);
        first.tryEmitEmpty();
        assertThat(run).hasValue(100_000);
        assertThat(gate.running()).isEqualTo(1);
    }

    @Test
    void new_noRoom_isRefused() {
        assertThatThrownBy(() -> new ProbeGate(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("most: 0 (expected: >= 1)");
    }
}
