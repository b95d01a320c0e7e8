package io.sluice.balance.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;

import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.factory.RetryGatewayFilterFactory;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * The filters of a request's way through balancing, Spring Cloud Gateway's own Retry filter among
 * them, over random lives of requests: at every moment the instances' counts add up to the attempts
 * that are under way.
 */
class LeasePropertyTest {

    private static final int STEPS = 1_500;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private VirtualTimeScheduler time;
    private Fixture fixture;
    private LeaseFilter leases;
    private BalancingFilter balancing;

    @BeforeEach
    void start() {
        time = VirtualTimeScheduler.getOrSet();
        fixture = Fixture.start("retry.attempts: 3", "retry.budget-percent: 50");
        leases = new LeaseFilter(fixture.upstreams(), System::nanoTime, InstantSource.system());
        balancing = new BalancingFilter(fixture.upstreams(), leases, false, System::nanoTime);
    }

    @AfterEach
    void stop() {
        fixture.close();
        VirtualTimeScheduler.reset();
    }

    /** One client's request; what its instances do is decided from outside. */
    private final class Life {

        private Sinks.Empty<Void> head = Sinks.empty();
        private final Sinks.Empty<Void> body = Sinks.empty();
        private boolean attempting;
        private boolean answered;
        private boolean over;
        private final Disposable client;

        Life(boolean withRetryFilter) {
            MockServerWebExchange exchange =
                    MockServerWebExchange.from(MockServerHttpRequest.get("/orders/1"));
            GatewayFilterChain upstream =
                    balanced -> {
                        // The filter that turns a route into an address stands in between.
                        balanced.getAttributes()
                                .put(GATEWAY_REQUEST_URL_ATTR, URI.create("lb://orders/1"));
                        return balancing.filter(balanced, sent -> attempt());
                    };
            GatewayFilterChain route =
                    withRetryFilter ? ex -> retryFilter().filter(ex, upstream) : upstream;
            client =
                    leases.filter(
                                    exchange,
                                    ex -> Mono.defer(() -> route.filter(ex)).then(body.asMono()))
                            .doFinally(signal -> over = true)
                            .subscribe(done -> {}, error -> {});
        }

        private Mono<Void> attempt() {
            return Mono.defer(
                    () -> {
                        attempting = true;
                        head = Sinks.empty();
                        return head.asMono();
                    });
        }

        /** Whether an instance is at it now. */
        boolean holds() {
            return attempting && !over;
        }

        void step(SplittableRandom random) {
            int chance = random.nextInt(10);
            if (chance == 0) {
                client.dispose();
            } else if (!holds()) {
                time.advanceTimeBy(LONGEST_PAUSE);
            } else if (answered) {
                end(random);
            } else if (chance < 4) {
                answered = true;
                head.tryEmitEmpty();
            } else {
                attempting = false;
                head.tryEmitError(failure(random));
            }
        }

        private void end(SplittableRandom random) {
            if (random.nextInt(4) == 0) {
                body.tryEmitError(new IOException("broken off"));
            } else {
                body.tryEmitEmpty();
            }
        }
    }

    private static GatewayFilter retryFilter() {
        RetryGatewayFilterFactory.RetryConfig config = new RetryGatewayFilterFactory.RetryConfig();
        config.setRouteId("orders");
        config.setRetries(2);
        return new RetryGatewayFilterFactory().apply(config);
    }

    private static Throwable failure(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> new ConnectException("refused");
            case 1 -> new IOException("broken");
            case 2 -> ReadTimeoutException.INSTANCE;
            default -> new IllegalStateException("a filter's own");
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void inFlight_overRandomLives_equalsTheAttemptsUnderWay(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Life> lives = new ArrayList<>();
        int retried = 0;
        for (int step = 0; step < STEPS; step++) {
            if (lives.size() < 30 && random.nextInt(3) == 0) {
                lives.add(new Life(random.nextBoolean()));
            } else if (!lives.isEmpty()) {
                Life life = lives.get(random.nextInt(lives.size()));
                boolean paused = !life.holds();
                life.step(random);
                retried += paused && life.holds() ? 1 : 0;
            }
            lives.removeIf(life -> life.over);
            assertThat(fixture.inFlight())
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(lives.stream().filter(Life::holds).count());
        }
        assertThat(retried).as("seed %d, retries", seed).isPositive();
        lives.forEach(life -> life.client.dispose());
        assertThat(fixture.inFlight()).as("seed %d, at rest", seed).isZero();
        assertThat(fixture.upstream().status().instances())
                .as("seed %d, nothing waits for an answer", seed)
                .allSatisfy(instance -> assertThat(instance.inFlight()).isZero());
    }
}
