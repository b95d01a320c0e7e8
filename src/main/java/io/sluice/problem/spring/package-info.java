/** How refusals and failures reach a client. */
@NullMarked
package io.sluice.problem.spring;

import org.jspecify.annotations.NullMarked;
