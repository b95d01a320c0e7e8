package io.sluice.auth.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.IdentityHeaders;
import io.sluice.auth.IntrospectionReader;
import io.sluice.auth.IntrospectionRules;
import io.sluice.auth.Reason;
import io.sluice.auth.Verification;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** One question per token at a time, answers remembered, and never a pass without one. */
class IntrospectionTest {

    private static final String GOOD = "{\"active\":true,\"sub\":\"ada\"}";
    private static final String BAD = "{\"active\":false}";

    private long nanos;
    private int asked;
    private final Map<String, Mono<String>> answers = new HashMap<>();
    private final Introspection introspection = introspection(Duration.ofSeconds(30));

    private Introspection introspection(Duration remember) {
        IntrospectionRules rules =
                new IntrospectionRules(null, Set.of(), Duration.ZERO, Set.of(), "roles");
        Instant start = Instant.ofEpochSecond(1_800_000_000);
        return new Introspection(
                token ->
                        Mono.defer(
                                () -> {
                                    asked++;
                                    return answers.getOrDefault(token, Mono.just(BAD));
                                }),
                new IntrospectionReader(
                        rules, new IdentityHeaders(Map.of()), () -> start.plusNanos(nanos)),
                remember,
                100,
                () -> start.plusNanos(nanos),
                () -> nanos,
                Schedulers.immediate());
    }

    private Verification check(String token) {
        return introspection.check(token).block(Duration.ofSeconds(5));
    }

    private void later(double seconds) {
        nanos += (long) (seconds * 1e9);
    }

    @Test
    void check_goodToken_isRememberedForItsTime() {
        answers.put("good", Mono.just(GOOD));
        assertThat(introspection.known("good")).isNull();
        assertThat(check("good")).isInstanceOf(Verification.Verified.class);
        later(29.9);
        assertThat(introspection.known("good")).isNotNull();
        assertThat(check("good")).isInstanceOf(Verification.Verified.class);
        assertThat(asked).isEqualTo(1);
        later(0.1);
        assertThat(introspection.known("good")).isNull();
        answers.put("good", Mono.just(BAD));
        assertThat(check("good")).isEqualTo(new Verification.Refused(Reason.INACTIVE));
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void check_tokenEndsFirst_isAskedAgain() {
        answers.put("good", Mono.just("{\"active\":true,\"exp\":1800000005}"));
        assertThat(check("good")).isInstanceOf(Verification.Verified.class);
        later(5);
        assertThat(introspection.known("good")).isNull();
        assertThat(check("good")).isEqualTo(new Verification.Refused(Reason.EXPIRED));
    }

    @Test
    void check_refusal_isRememberedTenSeconds() {
        assertThat(check("bad")).isEqualTo(new Verification.Refused(Reason.INACTIVE));
        later(9.9);
        check("bad");
        assertThat(asked).isEqualTo(1);
        later(0.1);
        check("bad");
        assertThat(asked).isEqualTo(2);
        assertThat(introspection.known("bad")).isNull();
    }

    @Test
    void check_zeroCacheTime_asksEachTime() {
        Introspection forgetful = introspection(Duration.ZERO);
        answers.put("good", Mono.just(GOOD));
        for (int i = 0; i < 3; i++) {
            assertThat(forgetful.check("good").block()).isInstanceOf(Verification.Verified.class);
        }
        assertThat(asked).isEqualTo(3);
    }

    @Test
    void check_200AtOnce_makeOneQuestion() {
        Sinks.One<String> answer = Sinks.one();
        answers.put("good", answer.asMono());
        List<Verification> outcomes = new ArrayList<>();
        introspection.check("good").subscribe().dispose();
        for (int i = 0; i < 200; i++) {
            introspection.check("good").subscribe(outcomes::add);
        }
        assertThat(outcomes).isEmpty();
        answer.tryEmitValue(GOOD);
        assertThat(outcomes)
                .hasSize(200)
                .allMatch(outcome -> outcome instanceof Verification.Verified);
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void check_tooManyAtOnce_areToldToComeAgain() {
        List<Verification> outcomes = new ArrayList<>();
        Sinks.One<String> answer = Sinks.one();
        for (int i = 0; i < 101; i++) {
            answers.put("t" + i, answer.asMono());
            introspection.check("t" + i).subscribe(outcomes::add);
        }
        assertThat(outcomes).hasSize(1);
        assertThat(outcomes.get(0)).isInstanceOf(Verification.Unavailable.class);
        assertThat(asked).isEqualTo(100);
        answer.tryEmitValue(GOOD);
        assertThat(outcomes).hasSize(101);
        assertThat(check("t100")).isInstanceOf(Verification.Verified.class);
    }

    @Test
    void check_endpointFails_isUnavailableAndNotRemembered() {
        for (Mono<String> failure :
                List.of(
                        Mono.<String>error(new IOException("refused")),
                        Mono.just("<html>"),
                        Mono.<String>empty())) {
            answers.put("good", failure);
            assertThat(check("good")).isInstanceOf(Verification.Unavailable.class);
        }
        answers.put("good", Mono.just(GOOD));
        assertThat(check("good")).isInstanceOf(Verification.Verified.class);
        assertThat(asked).isEqualTo(4);
    }

    @Test
    void check_endpointFails_goodAnswersServeOn() {
        answers.put("good", Mono.just(GOOD));
        check("good");
        answers.put("good", Mono.error(new IOException("refused")));
        later(29);
        assertThat(introspection.known("good")).isNotNull();
        later(1);
        assertThat(check("good")).isInstanceOf(Verification.Unavailable.class);
    }

    @Test
    void check_floodOfBadTokens_pushesNoGoodOneOut() {
        answers.put("good", Mono.just(GOOD));
        check("good");
        for (int i = 0; i < 20_000; i++) {
            check("bad" + i);
        }
        assertThat(introspection.known("good")).isNotNull();
    }
}
