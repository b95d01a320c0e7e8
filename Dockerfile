# The image of the gateway. First `./mvnw package`, then `docker build -t sluice .`
# Both stages use one base, so that the JVM that unpacks the jar is the JVM that runs it.
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre-noble

FROM ${RUNTIME_IMAGE} AS builder
WORKDIR /build
ARG JAR_FILE=target/sluice-*.jar
COPY ${JAR_FILE} sluice.jar
RUN java -Djarmode=tools -jar sluice.jar extract --layers --destination extracted

# The AOT cache is valid for this JVM, these options and these files at this place only.
FROM ${RUNTIME_IMAGE} AS trained
WORKDIR /opt/sluice
COPY --from=builder /build/extracted/dependencies/ ./
COPY --from=builder /build/extracted/spring-boot-loader/ ./
COPY --from=builder /build/extracted/snapshot-dependencies/ ./
COPY --from=builder /build/extracted/application/ ./
COPY image/train image/train.yml /build/
RUN /build/train /opt/sluice/sluice.aot java \
    -XX:MaxRAMPercentage=75 \
    -XX:+UseCompactObjectHeaders \
    -XX:+ExitOnOutOfMemoryError \
    --enable-native-access=ALL-UNNAMED \
    -Dio.netty.noUnsafe=false \
    --sun-misc-unsafe-memory-access=allow \
    -jar sluice.jar

FROM ${RUNTIME_IMAGE} AS runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Sluice" \
      org.opencontainers.image.description="An API gateway and load balancer for teams on Spring and Kubernetes." \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /opt/sluice
# One image layer for each layer of the jar, the rarest to change first.
COPY --from=builder /build/extracted/dependencies/ ./
COPY --from=builder /build/extracted/spring-boot-loader/ ./
COPY --from=builder /build/extracted/snapshot-dependencies/ ./
COPY --from=builder /build/extracted/application/ ./
COPY --from=trained /opt/sluice/sluice.aot ./
# By number: Kubernetes' runAsNonRoot cannot check a name.
USER 65532:65532
EXPOSE 8080 8081
# Exec form: the JVM is process 1 and gets SIGTERM itself. The heap follows the container's memory
# limit; JDK_JAVA_OPTIONS adds options, and an -Xmx there wins over the percentage. A JVM that cannot
# use the AOT cache, say for another garbage collector, starts without it. From Java 24 on Netty does
# without Unsafe unless it is told otherwise, and then writes each byte of a header with two checks;
# bench/jvm-flags tells what that costs.
ENTRYPOINT ["java", \
            "-XX:MaxRAMPercentage=75", \
            "-XX:+UseCompactObjectHeaders", \
            "-XX:+ExitOnOutOfMemoryError", \
            "--enable-native-access=ALL-UNNAMED", \
            "-Dio.netty.noUnsafe=false", \
            "--sun-misc-unsafe-memory-access=allow", \
            "-XX:AOTCache=/opt/sluice/sluice.aot", \
            "-jar", "sluice.jar"]
