package io.sluice.upstream.spring;

import io.sluice.settings.Setting;
import io.sluice.settings.SettingException;
import io.sluice.upstream.Endpoint;
import io.sluice.upstream.ServicePort;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where an upstream's endpoints come from, checked. */
public sealed interface SourceSettings {

    /** Instances of the configuration; at least one. */
    record Instances(List<Endpoint> endpoints) implements SourceSettings {}

    /** Spring Cloud's discovery clients. */
    record Discovery() implements SourceSettings {}

    /**
     * The addresses of a name.
     *
     * @param server the name server to ask; {@code null}: the system's
     */
    record Dns(
            String name,
            int port,
            String scheme,
            Duration refresh,
            @Nullable InetSocketAddress server)
            implements SourceSettings {}

    /**
     * The EndpointSlices of a Service.
     *
     * @param property of this source, for messages
     * @param namespace {@code null}: the gateway's own
     */
    record Kubernetes(
            String property,
            String service,
            @Nullable String namespace,
            ServicePort port,
            String scheme)
            implements SourceSettings {}

    /** A DNS label, as names of Services and namespaces are (RFC 1123). */
    Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    String EXPECTED_LABEL = "a name of lower-case letters, digits and hyphens, at most 63";

    /**
     * Reads the source of one upstream; none that is set means discovery.
     *
     * @param prefix the upstream's property, such as {@code sluice.upstreams.orders}
     * @throws SettingException for more than one source, and for a wrong value in it
     */
    static SourceSettings of(String prefix, UpstreamProperties properties) {
        UpstreamProperties.Dns dns = properties.dns();
        UpstreamProperties.Kubernetes kubernetes = properties.kubernetes();
        boolean instances = !properties.instances().isEmpty();
        only(prefix + ".dns", dns != null && instances, "instances");
        only(prefix + ".kubernetes", kubernetes != null && instances, "instances");
        only(prefix + ".kubernetes", kubernetes != null && dns != null, "dns");
        if (dns != null) {
            return dns(prefix + ".dns", dns);
        }
        if (kubernetes != null) {
            return kubernetes(prefix + ".kubernetes", kubernetes);
        }
        return instances
                ? new Instances(StaticEndpoints.of(prefix, properties.instances()))
                : new Discovery();
    }

    private static void only(String property, boolean both, String other) {
        Setting.require(
                !both,
                property,
                "set beside " + other,
                "one of instances, dns and kubernetes, or none of them");
    }

    private static Dns dns(String prefix, UpstreamProperties.Dns dns) {
        return new Dns(
                NetworkNames.host(prefix + ".name", dns.name()),
                port(prefix + ".port", dns.port()),
                scheme(prefix + ".scheme", dns.scheme()),
                refresh(prefix + ".refresh", dns.refresh()),
                dns.server() == null
                        ? null
                        : NetworkNames.server(prefix + ".server", dns.server()));
    }

    private static Kubernetes kubernetes(String prefix, UpstreamProperties.Kubernetes service) {
        return new Kubernetes(
                prefix,
                label(prefix + ".service", service.service()),
                service.namespace() == null
                        ? null
                        : label(prefix + ".namespace", service.namespace()),
                servicePort(prefix + ".port", service.port()),
                scheme(prefix + ".scheme", service.scheme()));
    }

    private static String label(String property, @Nullable String text) {
        String label = Setting.present(property, text, EXPECTED_LABEL);
        Setting.require(LABEL.matcher(label).matches(), property, text, EXPECTED_LABEL);
        return label;
    }

    private static ServicePort servicePort(String property, @Nullable String text) {
        if (text == null) {
            return new ServicePort.Only();
        }
        if (text.matches("[0-9]{1,9}")) {
            int number = Setting.between(property, Integer.parseInt(text), 1, 65535);
            return new ServicePort.Numbered(number);
        }
        Setting.require(
                LABEL.matcher(text).matches(),
                property,
                text,
                "the number of a container port, or the name of a port of the Service");
        return new ServicePort.Named(text);
    }

    private static int port(String property, @Nullable Integer port) {
        return Setting.between(property, Setting.present(property, port, "1 to 65535"), 1, 65535);
    }

    private static String scheme(String property, String scheme) {
        Setting.require(
                scheme.equals("http") || scheme.equals("https"), property, scheme, "http or https");
        return scheme;
    }

    private static Duration refresh(String property, Duration refresh) {
        Setting.require(
                refresh.toMillis() >= 100 && refresh.compareTo(Duration.ofDays(1)) <= 0,
                property,
                refresh,
                "100ms to 1d");
        return refresh;
    }
}
