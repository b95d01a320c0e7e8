package io.sluice.console.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class ConsoleFeedTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger made = new AtomicInteger();
    private volatile boolean failing;
    private final ConsoleFeed feed =
            new ConsoleFeed(
                    2,
                    () -> {
                        begun.incrementAndGet();
                        return this::json;
                    },
                    ended::incrementAndGet);

    private String json() {
        if (failing) {
            throw new IllegalStateException("the control thread did not answer");
        }
        return "{\"number\":" + made.incrementAndGet() + "}";
    }

    private static String text(byte[] event) {
        return new String(event, StandardCharsets.UTF_8);
    }

    private Flux<String> events() {
        return feed.events().map(ConsoleFeedTest::text);
    }

    @BeforeEach
    void start() {
        feed.start();
    }

    @AfterEach
    void stop() {
        feed.stop();
    }

    @Test
    void events_ofTwoViewers_areMadeOnce() {
        StepVerifier.create(Flux.zip(events(), events()).take(2))
                .assertNext(both -> assertThat(both.getT1()).isEqualTo(both.getT2()))
                .assertNext(both -> assertThat(both.getT1()).startsWith("data: {").endsWith("\n\n"))
                .expectComplete()
                .verify(LIMIT);

        assertThat(begun).hasValue(1);
        assertThat(made.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void events_withoutAViewer_areNotMade() {
        assertThat(begun).hasValue(0);

        StepVerifier.create(events().take(1)).expectNextCount(1).expectComplete().verify(LIMIT);

        Awaitility.await().atMost(LIMIT).until(() -> ended.get() == 1);
        StepVerifier.create(events().take(1)).expectNextCount(1).expectComplete().verify(LIMIT);
        assertThat(begun).as("a new beginning").hasValue(2);
    }

    @Test
    void events_ofALaterViewer_beginAtOnceWithTheLast() {
        Disposable first = events().subscribe();
        Awaitility.await().atMost(LIMIT).until(() -> made.get() >= 1);

        StepVerifier.create(events().take(1)).expectNextCount(1).expectComplete().verify(LIMIT);
        first.dispose();
    }

    @Test
    void events_pastTheMostViewers_areNone_untilOneLeaves() {
        Disposable first = events().subscribe();
        Disposable second = events().subscribe();
        assertThat(feed.admits()).isFalse();
        StepVerifier.create(events()).expectComplete().verify(LIMIT);

        first.dispose();
        assertThat(feed.admits()).isTrue();
        StepVerifier.create(events().take(1)).expectNextCount(1).expectComplete().verify(LIMIT);
        second.dispose();
        assertThat(feed.admits()).isTrue();
    }

    @Test
    void events_thatCannotBeMade_saySoAndGoOn() {
        failing = true;
        StepVerifier.create(events().take(2))
                .assertNext(event -> assertThat(event).startsWith("event: trouble"))
                .then(() -> failing = false)
                .assertNext(event -> assertThat(event).startsWith("data: "))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void stop_endsTheStreams_andAdmitsNobody() {
        StepVerifier.create(events())
                .expectNextCount(1)
                .then(feed::stop)
                .thenConsumeWhile(event -> true)
                .expectComplete()
                .verify(LIMIT);

        assertThat(feed.admits()).isFalse();
        assertThat(feed.isRunning()).isFalse();
        assertThat(feed.getPhase()).isEqualTo(Integer.MAX_VALUE - 1);
    }
}
