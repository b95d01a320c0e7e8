/** Reads what the console shows, and serves its page and stream on the management port. */
@NullMarked
package io.sluice.console.spring;

import org.jspecify.annotations.NullMarked;
