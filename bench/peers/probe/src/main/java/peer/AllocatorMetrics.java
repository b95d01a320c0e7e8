package peer;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * What Netty's allocator holds, from its own books. On JDK 25 Netty takes memory by the C library's
 * malloc, which neither the JVM's buffer pools nor its native memory tracking count.
 */
@AutoConfiguration
public class AllocatorMetrics {

    @Bean
    MeterBinder allocator() {
        return new NettyAllocatorMetrics((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT);
    }
}
