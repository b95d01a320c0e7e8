package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CoalescerTest {

    /** Answers when it is told to, from buckets of its own. */
    private static final class Calls implements Coalescer.Call {

        final LocalStore buckets = new LocalStore(() -> 0L, 100);
        final List<Integer> sizes = new ArrayList<>();
        final List<CompletableFuture<Decision>> open = new ArrayList<>();
        final List<Runnable> answers = new ArrayList<>();
        boolean atOnce;
        boolean throwing;

        @Override
        public CompletionStage<Decision> ask(List<Demand> demands, int permits) {
            sizes.add(permits);
            if (throwing) {
                throw new IllegalStateException("thrown");
            }
            if (atOnce) {
                return CompletableFuture.completedFuture(decide(demands, permits));
            }
            CompletableFuture<Decision> call = new CompletableFuture<>();
            open.add(call);
            answers.add(() -> call.complete(decide(demands, permits)));
            return call;
        }

        private Decision decide(List<Demand> demands, int permits) {
            Decision here = buckets.decideNow(demands, permits);
            return new Decision(here.granted(), here.results(), Decision.Source.REDIS);
        }

        void answer(int call) {
            answers.get(call).run();
        }
    }

    private static final class Caller implements Coalescer.Waiter {

        boolean gone;
        int told;
        @Nullable Decision decision;
        @Nullable Throwable failure;

        @Override
        public boolean isGone() {
            return gone;
        }

        @Override
        public void decided(Decision decided) {
            told++;
            decision = decided;
        }

        @Override
        public void failed(Throwable cause) {
            told++;
            failure = cause;
        }

        long remaining() {
            return decision.results().get(0).remaining();
        }
    }

    private final Calls calls = new Calls();
    private final Coalescer coalescer = new Coalescer(calls);

    private static List<Demand> demands(String user) {
        return List.of(Limits.policy("p", 5, 1).demand(user));
    }

    private Caller ask(String user) {
        Caller caller = new Caller();
        coalescer.decide(demands(user), caller);
        return caller;
    }

    private List<Caller> ask(String user, int times) {
        return IntStream.range(0, times).mapToObj(i -> ask(user)).toList();
    }

    @Test
    void decide_alone_isOneCall() {
        Caller caller = ask("a");
        assertThat(calls.sizes).containsExactly(1);
        calls.answer(0);
        assertThat(caller.decision.allowed()).isTrue();
        assertThat(caller.decision.source()).isEqualTo(Decision.Source.REDIS);
        assertThat(coalescer.size()).isZero();
    }

    @Test
    void decide_whileACallIsUnderWay_isDecidedTogetherByTheNext() {
        Caller first = ask("a");
        List<Caller> later = ask("a", 7);
        assertThat(calls.sizes).containsExactly(1);
        calls.answer(0);
        assertThat(first.remaining()).isEqualTo(4);
        assertThat(calls.sizes).containsExactly(1, 7);
        assertThat(later).allMatch(caller -> caller.told == 0);
        calls.answer(1);
        assertThat(later)
                .extracting(caller -> caller.decision.allowed())
                .containsExactly(true, true, true, true, false, false, false);
        assertThat(later).extracting(Caller::remaining).containsExactly(3L, 2L, 1L, 0L, 0L, 0L, 0L);
        assertThat(later)
                .extracting(caller -> caller.decision.source())
                .startsWith(Decision.Source.REDIS)
                .endsWith(Decision.Source.COALESCED);
        assertThat(later.get(5).decision.results().get(0).retryAfterMicros()).isEqualTo(1_000_000);
        assertThat(coalescer.size()).isZero();
    }

    @Test
    void decide_otherKeyOrCost_isACallOfItsOwn() {
        ask("a");
        ask("b");
        Demand dear = demands("a").get(0).withCost(2);
        coalescer.decide(List.of(dear), new Caller());
        assertThat(calls.sizes).containsExactly(1, 1, 1);
        assertThat(coalescer.size()).isEqualTo(3);
    }

    @Test
    void decide_waiterLeft_isAskedForNoMore() {
        ask("a");
        List<Caller> later = ask("a", 3);
        later.get(1).gone = true;
        calls.answer(0);
        assertThat(calls.sizes).containsExactly(1, 2);
        calls.answer(1);
        assertThat(later).extracting(caller -> caller.told).containsExactly(1, 0, 1);
    }

    @Test
    void decide_allWaitersLeft_makesNoCall() {
        ask("a");
        ask("a", 3).forEach(caller -> caller.gone = true);
        calls.answer(0);
        assertThat(calls.sizes).containsExactly(1);
        assertThat(coalescer.size()).isZero();
    }

    @Test
    void decide_callFails_releasesAllWhoWait() {
        Caller first = ask("a");
        List<Caller> later = ask("a", 3);
        calls.open.get(0).completeExceptionally(new TimeoutException("late"));
        assertThat(first.failure).isInstanceOf(TimeoutException.class);
        assertThat(later).allMatch(caller -> caller.failure instanceof TimeoutException);
        assertThat(later).allMatch(caller -> caller.told == 1);
        assertThat(calls.sizes).containsExactly(1);
        assertThat(coalescer.size()).isZero();
        ask("a");
        assertThat(calls.sizes).containsExactly(1, 1);
    }

    @Test
    void decide_callThrows_releasesItsWaiterAndTheKey() {
        calls.throwing = true;
        Caller caller = ask("a");
        assertThat(caller.failure).hasMessage("thrown");
        assertThat(coalescer.size()).isZero();
        calls.throwing = false;
        ask("a");
        calls.answer(0);
        assertThat(coalescer.size()).isZero();
    }

    @Test
    void decide_secondCallThrows_releasesThoseOfBoth() {
        ask("a");
        Caller second = ask("a");
        calls.throwing = true;
        calls.answer(0);
        assertThat(second.failure).hasMessage("thrown");
        assertThat(coalescer.size()).isZero();
    }

    /** Those who come while they are told of a failure begin anew, and are not mixed up. */
    @Test
    void decide_askedAgainFromTheFailure_isANewFlight() {
        Caller again = new Caller();
        Coalescer.Waiter stubborn =
                new Coalescer.Waiter() {
                    @Override
                    public boolean isGone() {
                        return false;
                    }

                    @Override
                    public void decided(Decision decision) {}

                    @Override
                    public void failed(Throwable cause) {
                        coalescer.decide(demands("a"), again);
                    }
                };
        coalescer.decide(demands("a"), stubborn);
        calls.open.get(0).completeExceptionally(new TimeoutException());
        assertThat(calls.sizes).containsExactly(1, 1);
        calls.answer(1);
        assertThat(again.told).isEqualTo(1);
        assertThat(coalescer.size()).isZero();
    }

    @Test
    void decide_moreThanACallMayDecide_goInTurns() {
        ask("a");
        ask("a", Coalescer.MOST + 1);
        calls.answer(0);
        calls.answer(1);
        assertThat(calls.sizes).containsExactly(1, Coalescer.MOST, 1);
    }

    /** Each call ends before it returns, and its waiter asks at once again. */
    @Test
    void decide_callsThatEndAtOnce_goRoundWithoutDeepStacks() {
        calls.atOnce = true;
        int[] left = {100_000};
        Coalescer.Waiter endless =
                new Coalescer.Waiter() {
                    @Override
                    public boolean isGone() {
                        return false;
                    }

                    @Override
                    public void decided(Decision decision) {
                        if (left[0]-- > 0) {
                            coalescer.decide(demands("a"), this);
                        }
                    }

                    @Override
                    public void failed(Throwable cause) {
                        throw new AssertionError(cause);
                    }
                };
        coalescer.decide(demands("a"), endless);
        assertThat(left[0]).isEqualTo(-1);
        assertThat(coalescer.size()).isZero();
    }
}
