/** Probes endpoints over HTTP and hands what they answer to {@link io.sluice.health.ProbeState}. */
@NullMarked
package io.sluice.health.spring;

import org.jspecify.annotations.NullMarked;
