package io.sluice.upstream.spring;

import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointSource;
import java.util.List;
import java.util.function.Consumer;

/** The endpoints of the configuration: reported once. */
final class StaticSource implements EndpointSource {

    private final List<Endpoint> endpoints;

    StaticSource(List<Endpoint> endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    public void start(Consumer<List<Endpoint>> onChange) {
        onChange.accept(endpoints);
    }

    @Override
    public void stop() {
        // Nothing runs.
    }

    @Override
    public String kind() {
        return "static";
    }
}
