package io.sluice.upstream.spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClient;
import org.springframework.cloud.client.discovery.composite.reactive.ReactiveCompositeDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.reactive.SimpleReactiveDiscoveryClient;

/**
 * Spring Cloud's discovery clients as one: the reactive ones in their order, and those that block
 * where no registry has a reactive one.
 *
 * @param client asks them one after the other; {@code null} when there is none
 * @param live whether one of them is a registry, which may learn of ids later; the list of {@code
 *     spring.cloud.discovery.client.simple} may not
 */
public record Discovery(@Nullable ReactiveDiscoveryClient client, boolean live) {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(2);

    /** Both lists in the order of the context. */
    public static Discovery of(
            List<ReactiveDiscoveryClient> reactive, List<DiscoveryClient> blocking) {
        List<ReactiveDiscoveryClient> own =
                reactive.stream()
                        .filter(client -> !(client instanceof ReactiveCompositeDiscoveryClient))
                        .toList();
        boolean live =
                own.stream().anyMatch(client -> !(client instanceof SimpleReactiveDiscoveryClient));
        List<ReactiveDiscoveryClient> adapted = live ? List.of() : registries(blocking);
        List<ReactiveDiscoveryClient> all = new ArrayList<>(own); // the composite sorts it
        all.addAll(adapted);
        return new Discovery(
                all.isEmpty() ? null : new ReactiveCompositeDiscoveryClient(all),
                live || !adapted.isEmpty());
    }

    private static List<ReactiveDiscoveryClient> registries(List<DiscoveryClient> blocking) {
        return blocking.stream()
                .filter(client -> !(client instanceof CompositeDiscoveryClient))
                .filter(client -> !(client instanceof SimpleDiscoveryClient))
                .<ReactiveDiscoveryClient>map(BlockingDiscovery::new)
                .toList();
    }

    /** Whether they may ever know this id. Asks the simple list, and blocks; for the start only. */
    boolean mayKnow(String id) {
        if (client == null) {
            return false;
        }
        return live
                || Boolean.TRUE.equals(client.getInstances(id).hasElements().block(START_TIMEOUT));
    }
}
