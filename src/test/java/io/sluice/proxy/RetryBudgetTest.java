package io.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBudgetTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** Starts below zero and near the wrap, as nanoTime may. */
    private volatile long now = Long.MAX_VALUE - 5 * SECOND;

    @Test
    void tryRetry_shareOfRequests_isGrantedAndNoMore() {
        RetryBudget budget = new RetryBudget(20, 0, () -> now);
        request(budget, 100);
        assertThat(retry(budget, 100)).isEqualTo(20);
    }

    @Test
    void tryRetry_withoutRequests_grantsTheMinimum() {
        RetryBudget budget = new RetryBudget(20, 3, () -> now);
        assertThat(retry(budget, 100)).isEqualTo(30);
        now += 9 * SECOND;
        assertThat(retry(budget, 100)).isZero();
        now += SECOND;
        assertThat(retry(budget, 100)).isEqualTo(30);
    }

    @Test
    void tryRetry_muchTraffic_minimumIsAFloorNotASum() {
        RetryBudget budget = new RetryBudget(20, 3, () -> now);
        request(budget, 1_000);
        assertThat(retry(budget, 1_000)).isEqualTo(200);
    }

    @Test
    void tryRetry_requestsLeaveTheWindow_budgetShrinks() {
        RetryBudget budget = new RetryBudget(20, 0, () -> now);
        request(budget, 100);
        now += 9 * SECOND;
        request(budget, 50);
        assertThat(retry(budget, 100)).isEqualTo(30);
        now += SECOND;
        assertThat(retry(budget, 100)).isZero();
        now += 9 * SECOND;
        request(budget, 50);
        assertThat(retry(budget, 100)).isEqualTo(10);
    }

    @Test
    void tryRetry_zeroPercent_isNeverGranted() {
        RetryBudget budget = RetryBudget.of("p", 0, 3, () -> now);
        request(budget, 1_000);
        assertThat(retry(budget, 100)).isZero();
    }

    @Test
    void tryRetry_deadUpstreamUnderRandomTraffic_seesAtMostTheShare() {
        long seed = 20261124L;
        for (int round = 0; round < 200; round++) {
            SplittableRandom random = new SplittableRandom(seed + round);
            int minimum = random.nextInt(4);
            RetryBudget budget = new RetryBudget(20, minimum, () -> now);
            long from = now;
            long calls = 0;
            long requests = 0;
            for (int step = 0; step < 2_000; step++) {
                now += random.nextLong(random.nextInt(10) == 0 ? 3 * SECOND : SECOND / 50);
                for (int i = random.nextInt(20); i > 0; i--) {
                    budget.requested();
                    requests++;
                    calls += 1 + retry(budget, 1);
                }
            }
            long windows = (now - from) / (RetryBudget.WINDOW_SECONDS * SECOND) + 2;
            double most = 1.2 * requests + (double) minimum * 10 * windows;
            assertThat((double) calls).as("seed %d", seed + round).isLessThanOrEqualTo(most);
            assertThat((double) calls).as("seed %d", seed + round).isGreaterThan(1.1 * requests);
        }
    }

    @Test
    void tryRetry_fourThreads_neverExceedTheBudgetTogether() throws Exception {
        RetryBudget budget = new RetryBudget(20, 0, () -> now);
        request(budget, 10_000);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<Integer> task = () -> retry(budget, 2_000);
            List<Callable<Integer>> tasks = List.of(task, task, task, task);
            int granted = 0;
            for (Future<Integer> result : threads.invokeAll(tasks)) {
                granted += result.get();
            }
            assertThat(granted).isBetween(1_900, 2_000);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void requested_fourThreads_everyOneIsCounted() throws Exception {
        RetryBudget budget = new RetryBudget(100, 0, () -> now);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                tasks.add(
                        () -> {
                            request(budget, 5_000);
                            return true;
                        });
            }
            threads.invokeAll(tasks);
        } finally {
            threads.shutdownNow();
        }
        assertThat(retry(budget, 30_000)).isEqualTo(20_000);
    }

    @Test
    void slidingCount_threadHeldUpForAWindow_countsNothing() {
        SlidingCount count = new SlidingCount(10);
        assertThat(count.add(15)).isTrue();
        assertThat(count.add(5)).isFalse();
        count.takeBack(5);
        assertThat(count.sum(15)).isEqualTo(1);
        count.takeBack(15);
        assertThat(count.sum(15)).isZero();
    }

    @Test
    void tryRetry_clockBehindItsBucket_isRefused() {
        RetryBudget budget = new RetryBudget(100, 3, () -> now);
        request(budget, 10);
        now += 10 * SECOND;
        assertThat(budget.tryRetry()).isTrue();
        now -= 10 * SECOND;
        assertThat(budget.tryRetry()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 101})
    void of_percentOutOfRange_isRefused(int percent) {
        assertThatThrownBy(() -> RetryBudget.of("sluice.upstreams.a.retry", percent, 3, () -> now))
                .isInstanceOf(SettingException.class)
                .hasMessage(
                        "sluice.upstreams.a.retry.budget-percent: "
                                + percent
                                + " (expected: 0 to 100)");
        assertThatThrownBy(() -> new RetryBudget(percent, 3, () -> now))
                .hasMessage("percent: " + percent + " (expected: 0 to 100)");
    }

    @Test
    void of_inRange_keepsTheMinimum() {
        assertThat(retry(RetryBudget.of("p", 20, 1, () -> now), 100)).isEqualTo(10);
    }

    @Test
    void new_negativeMinimum_isRefused() {
        assertThatThrownBy(() -> new RetryBudget(20, -1, () -> now))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("minimumPerSecond: -1 (expected: >= 0)");
    }

    private static void request(RetryBudget budget, int times) {
        for (int i = 0; i < times; i++) {
            budget.requested();
        }
    }

    private static int retry(RetryBudget budget, int times) {
        int granted = 0;
        for (int i = 0; i < times; i++) {
            granted += budget.tryRetry() ? 1 : 0;
        }
        return granted;
    }
}
