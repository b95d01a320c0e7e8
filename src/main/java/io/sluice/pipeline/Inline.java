package io.sluice.pipeline;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Promised by a filter: it calls the rest of its chain only when that is to begin, anew for each
 * time that it is to run, and subscribes to each result once. The chain then begins at the call.
 * Behind a filter that promises nothing it begins with the subscription, as in Spring: {@code
 * first.then(chain.filter(exchange))} calls long before {@code first} has ended.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Inline {}
