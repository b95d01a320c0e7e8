/** The limits of a client's connection, held in Netty's pipeline. */
@NullMarked
package io.sluice.edge.netty;

import org.jspecify.annotations.NullMarked;
