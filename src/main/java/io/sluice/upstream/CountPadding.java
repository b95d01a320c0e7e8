package io.sluice.upstream;

/**
 * 128 bytes that nothing reads. The JVM lays out a superclass's fields before a subclass's, so they
 * keep {@link Counts} off the cache lines of whatever object lies before it: every pick writes one
 * endpoint's counts and reads several others'.
 */
@SuppressWarnings("unused")
abstract class CountPadding {
    private long p00, p01, p02, p03, p04, p05, p06, p07;
    private long p08, p09, p10, p11, p12, p13, p14, p15;
}
