package io.sluice.balance.spring;

import io.sluice.balance.PickRequest;
import io.sluice.upstream.EndpointSet.Member;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultResponse;
import org.springframework.cloud.client.loadbalancer.EmptyResponse;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import reactor.core.publisher.Mono;

/**
 * Our pickers behind Spring Cloud's own interface, for any client that balances through it, such as
 * a {@code WebClient}. It picks and takes no lease: this interface has no word for a call that is
 * cancelled, so what it counted would drift. The gateway's own filter does not come through here.
 */
final class SluiceLoadBalancer implements ReactorServiceInstanceLoadBalancer {

    private final String id;
    private final Upstreams upstreams;

    SluiceLoadBalancer(String id, Upstreams upstreams) {
        this.id = id;
        this.upstreams = upstreams;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Mono<Response<ServiceInstance>> choose(Request request) {
        Upstream upstream = upstreams.find(id);
        Member member =
                upstream == null ? null : upstream.pick(PickRequest.UNKEYED, upstream.pickNanos());
        return Mono.just(
                member == null
                        ? new EmptyResponse()
                        : new DefaultResponse(new EndpointInstance(id, member.endpoint())));
    }
}
