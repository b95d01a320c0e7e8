/**
 * The way of a request: {@link io.sluice.pipeline.Stage} is the one place where the order of
 * Sluice's filters is written, {@link io.sluice.pipeline.RequestState} is what they tell each
 * other. Start reading here.
 */
@NullMarked
package io.sluice.pipeline;

import org.jspecify.annotations.NullMarked;
