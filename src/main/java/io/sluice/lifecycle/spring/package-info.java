/** Start, probes and the end of the process. */
@NullMarked
package io.sluice.lifecycle.spring;

import org.jspecify.annotations.NullMarked;
