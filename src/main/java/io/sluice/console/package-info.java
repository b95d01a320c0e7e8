/**
 * What the console shows: pictures of the running gateway, taken once a second while somebody
 * looks, each with the rates and shares that follow from those before it. Plain Java; counters are
 * read and pages are served in {@code .spring}.
 */
@NullMarked
package io.sluice.console;

import org.jspecify.annotations.NullMarked;
