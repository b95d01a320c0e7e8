package io.sluice.lifecycle.spring;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What happens between SIGTERM and the end: {@code sluice.shutdown.*}.
 *
 * @param drain time for which traffic is still accepted, so that the removal of this gateway from
 *     its clients' lists can spread; ends early when nothing has arrived for a second
 */
public record ShutdownProperties(@DefaultValue("5s") Duration drain) {}
