/**
 * What is odd about a configuration that would start: routes that no request reaches ({@link
 * io.sluice.check.Cover}), expressions that can explode ({@link io.sluice.check.RegexRisk}), and
 * which answers differ between two configurations ({@link io.sluice.check.Comparison}).
 */
@NullMarked
package io.sluice.check;

import org.jspecify.annotations.NullMarked;
