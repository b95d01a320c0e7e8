package io.sluice.upstream;

import io.sluice.upstream.EndpointSlice.Port;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/** Which port of a Service's pods is used. */
public sealed interface ServicePort {

    /**
     * The port's number in this slice; empty when the slice has no such port. Slices of one Service
     * may give one name different numbers.
     */
    OptionalInt in(EndpointSlice slice);

    /** The number of a container port. A slice that defines no ports is taken at this number. */
    record Numbered(int number) implements ServicePort {

        @Override
        public OptionalInt in(EndpointSlice slice) {
            List<Port> ports = slice.ports();
            boolean known =
                    ports.isEmpty()
                            || ports.stream()
                                    .anyMatch(p -> p.number() == null || p.number() == number);
            return known ? OptionalInt.of(number) : OptionalInt.empty();
        }
    }

    /** The name of a port of the Service. */
    record Named(String name) implements ServicePort {

        @Override
        public OptionalInt in(EndpointSlice slice) {
            return slice.ports().stream()
                    .filter(port -> name.equals(port.name()))
                    .map(Port::number)
                    .filter(Objects::nonNull)
                    .mapToInt(Integer::intValue)
                    .findFirst();
        }
    }

    /** The one port that the Service has. */
    record Only() implements ServicePort {

        @Override
        public OptionalInt in(EndpointSlice slice) {
            Integer number = slice.ports().size() == 1 ? slice.ports().get(0).number() : null;
            return number == null ? OptionalInt.empty() : OptionalInt.of(number);
        }
    }
}
