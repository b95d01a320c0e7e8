package io.sluice.lifecycle.spring;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When the process counts as dead: {@code sluice.liveness.*}.
 *
 * @param eventLoopLimit how long an event loop may be blocked before liveness fails; 0s switches
 *     the watch off
 */
public record LivenessProperties(@DefaultValue("20s") Duration eventLoopLimit) {}
