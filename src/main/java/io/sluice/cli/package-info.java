/**
 * The command line of the jar: {@code check}, {@code diff}, {@code explain} and {@code token}. Each
 * writes what was asked for to the standard output and everything else to the standard error.
 */
@NullMarked
package io.sluice.cli;

import org.jspecify.annotations.NullMarked;
