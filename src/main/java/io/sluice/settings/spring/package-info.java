/** Spring Boot's side of settings: how a refused one is reported at start. */
@NullMarked
package io.sluice.settings.spring;

import org.jspecify.annotations.NullMarked;
