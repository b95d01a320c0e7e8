package io.sluice.upstream.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How upstreams of kind {@code kubernetes} reach the API server: {@code sluice.kubernetes.*}. A pod
 * needs none of it.
 *
 * @param apiServer address of the API server; default: the one that Kubernetes names to every pod
 *     in KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT
 * @param credentials directory of the files token, ca.crt and namespace; each is read again
 *     whenever it is used
 */
public record KubernetesProperties(
        @Nullable String apiServer,
        @DefaultValue("/var/run/secrets/kubernetes.io/serviceaccount") String credentials) {}
