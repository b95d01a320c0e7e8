/** Reads configuration files for {@code check}, without starting anything. */
@NullMarked
package io.sluice.check.spring;

import org.jspecify.annotations.NullMarked;
