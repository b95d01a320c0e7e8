package io.sluice.reload.spring;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import reactor.core.publisher.Mono;

/** {@code /actuator/fleet}: which gateway runs which configuration, and who refused what. */
@Endpoint(id = "fleet")
final class FleetEndpoint {

    /**
     * The gateways that are known.
     *
     * @param scope whose: all that share Redis, or this one only and why
     * @param self the name of the gateway that answers
     * @param hashes how many gateways run each configuration
     */
    record Listing(
            String scope, String self, Map<String, Integer> hashes, List<Fleet.Member> gateways) {}

    private final Fleet fleet;

    FleetEndpoint(Fleet fleet) {
        this.fleet = fleet;
    }

    @ReadOperation
    public Mono<Listing> fleet() {
        return Mono.fromCompletionStage(fleet::members)
                .map(
                        members ->
                                listing(
                                        fleet.isShared()
                                                ? "all gateways that share this Redis"
                                                : "this gateway only: spring.data.redis is not"
                                                        + " configured",
                                        members))
                .onErrorResume(
                        away ->
                                Mono.just(
                                        listing(
                                                "this gateway only: Redis does not answer",
                                                List.of(fleet.self()))));
    }

    private Listing listing(String scope, List<Fleet.Member> members) {
        Map<String, Integer> hashes = new TreeMap<>();
        members.forEach(one -> hashes.merge(one.hash(), 1, Integer::sum));
        return new Listing(scope, fleet.self().gateway(), hashes, members);
    }
}
