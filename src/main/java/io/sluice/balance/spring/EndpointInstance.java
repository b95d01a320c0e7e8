package io.sluice.balance.spring;

import io.sluice.upstream.Endpoint;
import java.net.URI;
import java.util.Map;
import org.springframework.cloud.client.ServiceInstance;

/** An endpoint as Spring Cloud's interfaces know instances. */
record EndpointInstance(String upstreamId, Endpoint endpoint) implements ServiceInstance {

    @Override
    public String getInstanceId() {
        return endpoint.id();
    }

    @Override
    public String getServiceId() {
        return upstreamId;
    }

    @Override
    public String getHost() {
        return endpoint.host();
    }

    @Override
    public int getPort() {
        return endpoint.port();
    }

    @Override
    public boolean isSecure() {
        return "https".equals(endpoint.scheme());
    }

    @Override
    public URI getUri() {
        return URI.create(endpoint.scheme() + "://" + endpoint.id());
    }

    @Override
    public Map<String, String> getMetadata() {
        return endpoint.metadata();
    }

    @Override
    public String getScheme() {
        return endpoint.scheme();
    }
}
