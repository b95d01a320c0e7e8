/** Refusals as values, and how they are written to a client. */
@NullMarked
package io.sluice.problem;

import org.jspecify.annotations.NullMarked;
