package io.sluice.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A class of integration tests that another may run beside: it judges no times, and shares no port,
 * file or server. Two such classes run at once; see the pom's {@code failsafe}.
 */
@Tag("together")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Together {}
