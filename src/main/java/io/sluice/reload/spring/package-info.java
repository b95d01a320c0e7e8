/**
 * Reads a changed configuration, has every feature compile its part and swaps all of it at once.
 */
@NullMarked
package io.sluice.reload.spring;

import org.jspecify.annotations.NullMarked;
