/** What comes in: the client's address and the paths that are let through. */
@NullMarked
package io.sluice.edge.spring;

import org.jspecify.annotations.NullMarked;
