/**
 * What every feature's settings share: the checks and the one exception that a wrong setting ends
 * in. A kernel of two classes with no dependency; any package may use it.
 */
@NullMarked
package io.sluice.settings;

import org.jspecify.annotations.NullMarked;
