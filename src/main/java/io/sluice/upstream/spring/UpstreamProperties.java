package io.sluice.upstream.spring;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One upstream: {@code sluice.upstreams.<id>.*}, where the id is the one in {@code lb://id}.
 *
 * @param algorithm how an instance is picked: round-robin, weighted-round-robin, least-connections,
 *     ip-hash, least-response-time or consistent-hashing; default: sluice.default-algorithm
 * @param instances the instances by address; neither these nor dns nor kubernetes: Spring Cloud's
 *     discovery clients are asked for the id
 * @param dns a name whose every address is an instance
 * @param kubernetes a Service whose every endpoint is an instance
 * @param hashKey key of consistent-hashing: header:NAME, cookie:NAME, query:NAME, path, claim:NAME
 *     or ip
 * @param ipv4Prefix leading bits of a client's IPv4 address that count where its address is the key
 * @param virtualNodes points on the hash ring for each unit of weight
 * @param loadBound consistent hashing with bounded load: no instance above this multiple of the
 *     mean of requests in flight; absent: off
 * @param healthCheck active health checks
 * @param outlierDetection passive ejection of instances that fail
 * @param panicThreshold percent of usable instances below which all are used
 * @param slowStart time over which a new or recovered instance's weight climbs; 0: off
 * @param tls keys and trust for https instances; absent: those of httpclient.ssl, or the JVM's
 *     trust
 * @param timeouts time limits towards the instances
 * @param retry further attempts on other instances
 */
public record UpstreamProperties(
        @Nullable String algorithm,
        @DefaultValue List<Instance> instances,
        @Nullable Dns dns,
        @Nullable Kubernetes kubernetes,
        @DefaultValue("ip") String hashKey,
        @DefaultValue("32") int ipv4Prefix,
        @DefaultValue("160") int virtualNodes,
        @Nullable Double loadBound,
        @DefaultValue HealthCheck healthCheck,
        @DefaultValue OutlierDetection outlierDetection,
        @DefaultValue("50") int panicThreshold,
        @DefaultValue("0s") Duration slowStart,
        @DefaultValue Tls tls,
        @DefaultValue Timeouts timeouts,
        @DefaultValue Retry retry) {

    /**
     * One instance.
     *
     * @param uri scheme, host and port, such as http://10.0.0.11:8080
     * @param weight share of new requests relative to the others; 0 drains the instance
     * @param zone where it runs; instances in the gateway's own zone are preferred
     * @param metadata free names and values, shown in the status and used for nothing
     */
    public record Instance(
            @Nullable String uri,
            @DefaultValue("1") int weight,
            @Nullable String zone,
            @DefaultValue Map<String, String> metadata) {}

    /**
     * Instances from DNS.
     *
     * @param name full name whose A and AAAA records are the instances
     * @param port port of every instance
     * @param scheme http or https
     * @param refresh longest time between two questions; a shorter time to live of the answer wins,
     *     down to a second
     * @param server name server that is asked, as address or address:port; default: the system's
     */
    public record Dns(
            @Nullable String name,
            @Nullable Integer port,
            @DefaultValue("http") String scheme,
            @DefaultValue("5s") Duration refresh,
            @Nullable String server) {}

    /**
     * Instances from the EndpointSlices of a Kubernetes Service.
     *
     * @param service name of the Service
     * @param namespace its namespace; default: the gateway's own
     * @param port number of a container port, or name of a port of the Service; default: the one
     *     port that the Service has
     * @param scheme http or https
     */
    public record Kubernetes(
            @Nullable String service,
            @Nullable String namespace,
            @Nullable String port,
            @DefaultValue("http") String scheme) {}

    /**
     * Active health checks.
     *
     * @param path path that is asked of each instance with GET; absent: no active checks
     * @param interval time between two checks of an instance, varied by a tenth
     * @param timeout time limit of one check
     * @param unhealthyThreshold failed checks in a row that take an instance out
     * @param healthyThreshold passed checks in a row that bring it back
     * @param expectedStatus statuses that count as passed: a range such as 200-399, or several
     *     separated by commas
     */
    public record HealthCheck(
            @Nullable String path,
            @DefaultValue("5s") Duration interval,
            @DefaultValue("1s") Duration timeout,
            @DefaultValue("3") int unhealthyThreshold,
            @DefaultValue("2") int healthyThreshold,
            @DefaultValue("200-399") String expectedStatus) {}

    /**
     * Passive ejection on connect errors, timeouts, broken answers and statuses of 500 and above.
     *
     * @param enabled whether instances are ejected
     * @param consecutiveFailures failures in a row that eject an instance
     * @param baseEjection length of the first ejection; doubles with each further one, to 300s
     * @param maxEjectedPercent most instances that may be ejected at once, in percent
     */
    public record OutlierDetection(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("5") int consecutiveFailures,
            @DefaultValue("30s") Duration baseEjection,
            @DefaultValue("50") int maxEjectedPercent) {}

    /**
     * TLS to instances whose address is https.
     *
     * @param bundle name of an SSL bundle under spring.ssl.bundle: its trust store proves the
     *     instances, its key store the gateway
     * @param serverName name that certificates have to be for, also sent as SNI; default: the host
     *     of each instance
     */
    public record Tls(@Nullable String bundle, @Nullable String serverName) {}

    /**
     * Time limits.
     *
     * @param connect for a connection to be made
     * @param response from the request to the first byte of the response
     * @param idle between two bytes of a response
     */
    public record Timeouts(
            @DefaultValue("2s") Duration connect,
            @DefaultValue("30s") Duration response,
            @DefaultValue("60s") Duration idle) {}

    /**
     * Further attempts, each on another instance, for idempotent methods, before any byte of a
     * response.
     *
     * @param attempts attempts in all; 1: no further ones
     * @param budgetPercent most further attempts, in percent of recent requests
     */
    public record Retry(@DefaultValue("2") int attempts, @DefaultValue("20") int budgetPercent) {}
}
