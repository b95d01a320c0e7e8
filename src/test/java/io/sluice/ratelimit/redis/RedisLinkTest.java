package io.sluice.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import io.sluice.ratelimit.redis.RedisLink.Connected;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An opener may fail by throwing, not only by the stage that it gives. */
class RedisLinkTest {

    private final ClientResources resources = ClientResources.create();
    private final RedisClient client = RedisClient.create(resources);
    private final Queue<Supplier<CompletionStage<Connected>>> answers = new ArrayDeque<>();
    private final RedisLink link =
            new RedisLink(resources, client, false, () -> answers.remove().get());

    @AfterEach
    void close() {
        link.close();
    }

    @SuppressWarnings("unchecked")
    private static Connected connected() {
        return new Connected(
                nobody(StatefulConnection.class), nobody(RedisClusterAsyncCommands.class));
    }

    private static <T> T nobody(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> null));
    }

    private static CompletionStage<Connected> thrown() {
        throw new IllegalStateException("no address");
    }

    @Test
    void open_openerThatThrows_isTriedAgain() {
        Connected second = connected();
        answers.add(RedisLinkTest::thrown);
        answers.add(() -> CompletableFuture.completedFuture(second));

        link.open();

        assertThat(link.commands()).isNull();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> link.commands() == second.commands());
    }

    @Test
    void renew_openerThatThrows_keepsTheConnectionAndMayBeAskedAgain() {
        Connected first = connected();
        Connected third = connected();
        answers.add(() -> CompletableFuture.completedFuture(first));
        answers.add(RedisLinkTest::thrown);
        answers.add(() -> CompletableFuture.completedFuture(third));
        link.open();

        link.renew();
        assertThat(link.commands()).isSameAs(first.commands());
        link.renew();
        assertThat(link.commands()).isSameAs(third.commands());
    }
}
