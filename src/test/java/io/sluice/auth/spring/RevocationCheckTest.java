package io.sluice.auth.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.Identity;
import io.sluice.auth.RevocationQuery;
import io.sluice.auth.RevocationStore;
import io.sluice.auth.Standing.Answer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The store is asked once a second at most, and what it cannot say is said to be unknown. */
class RevocationCheckTest {

    private static final Identity ADA = identity("ada");

    private long nanos;
    private int asked;
    private boolean broken;
    private final List<String> revoked = new ArrayList<>();
    private final RevocationStore store =
            names -> {
                asked++;
                if (broken) {
                    return CompletableFuture.failedFuture(new IOException("gone"));
                }
                List<String> values = new ArrayList<>();
                names.forEach(name -> values.add(revoked.contains(name) ? "1" : null));
                return CompletableFuture.completedFuture(values);
            };
    private final RevocationCheck check = new RevocationCheck(store, 100, () -> nanos);

    private static Identity identity(String subject) {
        return new Identity(subject, "iss", Set.of(), Map.of("jti", "7"), Instant.MAX);
    }

    private Answer answer(Identity identity) {
        Answer known = check.now(identity);
        return known != null ? known : check.ask(identity).block(Duration.ofSeconds(5));
    }

    private void later(double seconds) {
        nanos += (long) (seconds * 1e9);
    }

    @Test
    void now_unknownIdentity_mustBeAsked() {
        assertThat(check.now(ADA)).isNull();
    }

    @Test
    void ask_manyAtOnce_shareOneQuestion() {
        CompletableFuture<List<String>> values = new CompletableFuture<>();
        RevocationCheck slow =
                new RevocationCheck(
                        names -> {
                            asked++;
                            return values;
                        },
                        100,
                        () -> nanos);
        List<Answer> answers = new ArrayList<>();
        slow.ask(ADA).subscribe().dispose();
        for (int i = 0; i < 200; i++) {
            slow.ask(ADA).subscribe(answers::add);
        }
        assertThat(answers).isEmpty();
        List<String> nothing = new ArrayList<>();
        RevocationQuery.of(ADA).names().forEach(name -> nothing.add(null));
        values.complete(nothing);
        assertThat(answers).hasSize(200).containsOnly(Answer.CLEAR);
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void ask_probesLost_areFollowedByANewConnection() {
        AtomicInteger renewed = new AtomicInteger();
        RevocationStore hung =
                new RevocationStore() {
                    @Override
                    public CompletionStage<List<String>> values(List<String> names) {
                        return CompletableFuture.failedFuture(new IOException("silent"));
                    }

                    @Override
                    public void renew() {
                        renewed.incrementAndGet();
                    }
                };
        RevocationCheck lost = new RevocationCheck(hung, 100, () -> nanos);
        for (int i = 0; i < 11; i++) {
            assertThat(lost.ask(ADA).block(Duration.ofSeconds(5))).isEqualTo(Answer.UNKNOWN);
            later(0.25);
        }
        assertThat(renewed).hasValue(2);
    }

    @Test
    void answer_withinASecond_isAskedOnce() {
        for (int i = 0; i < 10; i++) {
            assertThat(answer(ADA)).isEqualTo(Answer.CLEAR);
            later(0.099);
        }
        assertThat(asked).isEqualTo(1);
        later(0.01);
        assertThat(answer(ADA)).isEqualTo(Answer.CLEAR);
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void answer_revoked_isInEffectAfterASecondAndCanBeTakenBack() {
        assertThat(answer(ADA)).isEqualTo(Answer.CLEAR);
        revoked.add("rev:{iss}:jti:7");
        later(1);
        assertThat(answer(ADA)).isEqualTo(Answer.REVOKED);
        revoked.clear();
        later(1);
        assertThat(answer(ADA)).isEqualTo(Answer.CLEAR);
    }

    @Test
    void answer_anotherTokenOfEqualClaims_hasItsOwnStanding() {
        answer(ADA);
        assertThat(check.now(identity("ada"))).isNull();
    }

    @Test
    void answer_storeGone_isUnknownButRevokedStaysSo() {
        Identity bob = identity("bob");
        revoked.add("rev:{iss}:sub:bob");
        assertThat(answer(ADA)).isEqualTo(Answer.CLEAR);
        assertThat(answer(bob)).isEqualTo(Answer.REVOKED);
        broken = true;
        assertThat(answer(ADA)).isEqualTo(Answer.CLEAR);
        later(1);
        assertThat(answer(ADA)).isEqualTo(Answer.UNKNOWN);
        assertThat(answer(bob)).isEqualTo(Answer.REVOKED);
        later(100);
        assertThat(answer(bob)).isEqualTo(Answer.REVOKED);
    }

    @Test
    void ask_storeGone_isSeldomAskedAndFoundAgain() {
        broken = true;
        for (int i = 0; i < 1000; i++) {
            assertThat(answer(ADA)).isEqualTo(Answer.UNKNOWN);
        }
        assertThat(asked).isEqualTo(3);
        broken = false;
        later(0.3);
        assertThat(answer(ADA)).isEqualTo(Answer.CLEAR);
    }

    @Test
    void ask_storeThrows_isUnknown() {
        RevocationCheck bad =
                new RevocationCheck(
                        names -> {
                            throw new IllegalStateException("no");
                        },
                        100,
                        () -> nanos);
        assertThat(bad.ask(ADA).block()).isEqualTo(Answer.UNKNOWN);
    }

    @Test
    void off_nothingIsRevoked() {
        assertThat(RevocationCheck.off().now(ADA)).isEqualTo(Answer.CLEAR);
        assertThat(RevocationCheck.off().ask(ADA).block()).isEqualTo(Answer.CLEAR);
    }
}
