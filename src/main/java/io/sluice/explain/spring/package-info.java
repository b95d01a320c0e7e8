/**
 * {@code /actuator/explain}: puts a request that nobody sent to the routes and filters that run.
 */
@NullMarked
package io.sluice.explain.spring;

import org.jspecify.annotations.NullMarked;
