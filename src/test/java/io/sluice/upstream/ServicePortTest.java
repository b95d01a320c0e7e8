package io.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.upstream.EndpointSlice.Family;
import io.sluice.upstream.EndpointSlice.Port;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServicePortTest {

    private static EndpointSlice with(Port... ports) {
        return new EndpointSlice("s", Family.IPV4, List.of(ports), List.of());
    }

    @Test
    void number_isOneOfTheSlicesPorts() {
        ServicePort port = new ServicePort.Numbered(8080);
        assertThat(port.in(with(new Port("a", 9000), new Port("b", 8080)))).hasValue(8080);
        assertThat(port.in(with(new Port("a", 80)))).isEmpty();
    }

    @Test
    void number_sliceWithoutPortsOrWithEveryPort_isTakenAtItsWord() {
        ServicePort port = new ServicePort.Numbered(8080);
        assertThat(port.in(with())).hasValue(8080);
        assertThat(port.in(with(new Port("all", null)))).hasValue(8080);
    }

    @Test
    void named_isTheNumberThatTheSliceGivesIt() {
        ServicePort port = new ServicePort.Named("http");
        assertThat(port.in(with(new Port("grpc", 1), new Port("http", 8080)))).hasValue(8080);
        assertThat(port.in(with(new Port("http", 9090)))).hasValue(9090);
        assertThat(port.in(with(new Port("http", null), new Port(null, 1)))).isEmpty();
    }

    @Test
    void only_needsExactlyOne() {
        ServicePort port = new ServicePort.Only();
        assertThat(port.in(with(new Port(null, 8080)))).hasValue(8080);
        assertThat(port.in(with(new Port("a", 1), new Port("b", 2)))).isEmpty();
        assertThat(port.in(with())).isEmpty();
        assertThat(port.in(with(new Port("a", null)))).isEmpty();
    }
}
