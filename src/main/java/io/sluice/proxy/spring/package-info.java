/** Sending a request to its endpoint: timeouts, and what a failure says of the endpoint. */
@NullMarked
package io.sluice.proxy.spring;

import org.jspecify.annotations.NullMarked;
