package io.sluice.upstream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One Kubernetes EndpointSlice ({@code discovery.k8s.io/v1}): a part of a Service's endpoints.
 * Immutable.
 *
 * @param name unique within the namespace
 * @param family the kind of all its addresses
 * @param ports what every one of its entries listens on; empty: no port is defined
 */
public record EndpointSlice(String name, Family family, List<Port> ports, List<Entry> entries) {

    /** The kinds of address, the preferred one first. */
    public enum Family {
        IPV4,
        IPV6,
        FQDN
    }

    /**
     * A port of the pods, not of the Service.
     *
     * @param name the Service port's name; {@code null} or empty when it has none
     * @param number {@code null} stands for every port
     */
    public record Port(@Nullable String name, @Nullable Integer number) {}

    /**
     * One endpoint.
     *
     * @param address the first of its addresses; the API calls all of them interchangeable
     * @param ready {@code null} counts as true
     * @param serving ready, whether terminating or not; {@code null} counts as what ready is
     * @param terminating {@code null} counts as false
     * @param target the name of the pod
     */
    public record Entry(
            String address,
            @Nullable Boolean ready,
            @Nullable Boolean serving,
            @Nullable Boolean terminating,
            @Nullable String zone,
            @Nullable String target) {

        boolean isTerminating() {
            return Boolean.TRUE.equals(terminating);
        }

        /** Ready, and not on its way out: {@code publishNotReadyAddresses} makes both true. */
        boolean isReady() {
            return !Boolean.FALSE.equals(ready) && !isTerminating();
        }

        boolean isServing() {
            return serving == null ? !Boolean.FALSE.equals(ready) : serving;
        }

        /** The higher, the better it serves. */
        int rank() {
            return isReady() ? 2 : isServing() ? 1 : 0;
        }
    }

    public EndpointSlice {
        ports = List.copyOf(ports);
        entries = List.copyOf(entries);
    }
}
