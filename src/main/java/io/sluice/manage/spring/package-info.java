/** The management port: its guard and its endpoints. */
@NullMarked
package io.sluice.manage.spring;

import org.jspecify.annotations.NullMarked;
