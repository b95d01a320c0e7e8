/**
 * What a change of the configuration means: which settings it changes, which of them take effect
 * while the gateway runs, what is told of a refused one. Reading files, compiling and swapping is
 * the adapter's.
 */
@NullMarked
package io.sluice.reload;

import org.jspecify.annotations.NullMarked;
