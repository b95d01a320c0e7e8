/** The observing filter: first in, last out. */
@NullMarked
package io.sluice.observe.spring;

import org.jspecify.annotations.NullMarked;
