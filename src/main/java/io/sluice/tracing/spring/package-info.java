/**
 * Traces by OpenTelemetry, sent over OTLP. Off unless {@code sluice.tracing.enabled}: then none of
 * this is loaded. One span for each request, one below it for each attempt at an upstream, made
 * here and not by Spring's observation, which costs more than the rest of a request.
 */
@NullMarked
package io.sluice.tracing.spring;

import org.jspecify.annotations.NullMarked;
