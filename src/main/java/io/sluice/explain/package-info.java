/**
 * What the gateway would do with a request, as values: which route wins and why each nearer one
 * does not ({@link io.sluice.explain.RouteChoice}), and what each deciding filter finds ({@link
 * io.sluice.explain.Part}). Nothing here sends or counts.
 */
@NullMarked
package io.sluice.explain;

import org.jspecify.annotations.NullMarked;
