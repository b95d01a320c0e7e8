/**
 * What a request leaves behind: one access record and its meters. Pure; the filters are in .spring.
 */
@NullMarked
package io.sluice.observe;

import org.jspecify.annotations.NullMarked;
