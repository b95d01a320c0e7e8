/**
 * When a gateway that is told to go does what. {@link io.sluice.lifecycle.DrainPlan} holds the
 * states and the clock; adapters ask it and act.
 *
 * <p>Being removed from a load balancer takes time: for a while requests still come in. Refusing
 * them at once would lose them, so the gateway goes on serving for the length of the drain, tells
 * HTTP/1.1 clients to come back elsewhere with {@code Connection: close}, and leaves early once
 * nothing has arrived for the quiet period:
 *
 * <pre>
 * SERVING --start--> DRAINING --quiet, or the last fifth begins--> CLOSING_STREAMS --> CLOSED
 *    ^___________________________takeBack, unless the process is ending_________________|
 * </pre>
 *
 * <p>Long-lived streams (SSE, WebSocket) would outlast any drain. They are ended one after the
 * other during {@code CLOSING_STREAMS}, so that their clients do not all come back elsewhere in the
 * same moment.
 */
@NullMarked
package io.sluice.lifecycle;

import org.jspecify.annotations.NullMarked;
