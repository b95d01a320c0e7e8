package io.sluice.ratelimit.redis;

import java.util.List;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;

/** Where a test's Redis is. */
final class Details {

    private Details() {}

    static DataRedisConnectionDetails standalone(int port) {
        return new DataRedisConnectionDetails() {
            @Override
            public Standalone getStandalone() {
                return Standalone.of("127.0.0.1", port);
            }
        };
    }

    static DataRedisConnectionDetails cluster(int port) {
        return new DataRedisConnectionDetails() {
            @Override
            public Cluster getCluster() {
                return () -> List.of(new Node("127.0.0.1", port));
            }
        };
    }
}
