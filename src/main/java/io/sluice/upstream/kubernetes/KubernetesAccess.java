package io.sluice.upstream.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the API server is and what this process shows it. The files are those that Kubernetes
 * mounts for a service account; each is read again whenever it is used, as the token is replaced
 * about hourly.
 *
 * @param apiServer {@code https://host:port}, without a slash at the end
 * @param credentials the directory of {@code token}, {@code ca.crt} and {@code namespace}
 */
public record KubernetesAccess(String apiServer, Path credentials) {

    /** The bearer token; {@code null} when there is none. */
    @Nullable String token() {
        return text("token");
    }

    /** The namespace this process runs in; {@code null} when that is not known. */
    public @Nullable String namespace() {
        return text("namespace");
    }

    /** Certificates that the server's is checked against; {@code null}: those of the JVM. */
    @Nullable Path certificates() {
        Path file = credentials.resolve("ca.crt");
        return Files.isReadable(file) ? file : null;
    }

    private @Nullable String text(String name) {
        try {
            String text = Files.readString(credentials.resolve(name)).trim();
            return text.isEmpty() ? null : text;
        } catch (IOException e) {
            return null;
        }
    }
}
