package io.sluice.reload.spring;

import io.sluice.reload.Refusal;
import io.sluice.reload.ReloadStatus;
import io.sluice.reload.redis.RedisFleet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/** Tells the other gateways through Redis which configuration this one runs, and hears theirs. */
final class Fleet implements AutoCloseable {

    static final Duration INTERVAL = Duration.ofSeconds(3);
    static final Duration LIFE = Duration.ofSeconds(12);

    /**
     * What a gateway says of itself.
     *
     * @param gateway its name, which no other has
     * @param refusal what it refused last, or {@code null}
     */
    record Member(
            String gateway,
            long version,
            String hash,
            Instant since,
            boolean lastGood,
            @Nullable Refusal refusal) {}

    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String name;
    private final Supplier<ReloadStatus> status;
    private final @Nullable RedisFleet redis;
    private @Nullable Disposable beat;

    /**
     * @param redis {@code null} where there is none
     */
    Fleet(String name, Supplier<ReloadStatus> status, @Nullable RedisFleet redis) {
        this.name = name;
        this.status = status;
        this.redis = redis;
    }

    Fleet start() {
        if (redis != null) {
            beat =
                    Schedulers.parallel()
                            .schedulePeriodically(
                                    this::tell, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
        return this;
    }

    /** Says at once what has changed. */
    void tell() {
        if (redis == null) {
            return;
        }
        redis.tell(JSON.writeValueAsString(self()))
                .exceptionally(
                        failure -> {
                            LOG.debug("Redis was not told of the configuration", failure);
                            return null;
                        });
    }

    Member self() {
        ReloadStatus now = status.get();
        return new Member(
                name, now.version(), now.hash(), now.since(), now.lastGood(), now.lastRefusal());
    }

    /** Whether there is a Redis through which others could be heard. */
    boolean isShared() {
        return redis != null;
    }

    /** The others and this one; fails where Redis does not answer. */
    CompletableFuture<List<Member>> members() {
        if (redis == null) {
            return CompletableFuture.completedFuture(List.of(self()));
        }
        return redis.all()
                .thenApply(
                        all -> {
                            List<Member> members =
                                    new ArrayList<>(
                                            all.stream()
                                                    .map(one -> JSON.readValue(one, Member.class))
                                                    .filter(one -> !one.gateway().equals(name))
                                                    .toList());
                            members.add(self());
                            members.sort(Comparator.comparing(Member::gateway));
                            return members;
                        });
    }

    @Override
    public void close() {
        if (beat != null) {
            beat.dispose();
        }
        if (redis != null) {
            redis.close();
        }
    }
}
