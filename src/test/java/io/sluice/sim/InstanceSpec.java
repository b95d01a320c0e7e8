package io.sluice.sim;

import org.jspecify.annotations.Nullable;

/**
 * What an instance is like.
 *
 * @param weight as configured
 * @param workers requests it works on at once; the others wait in the order of arrival
 * @param serviceTime of a request
 * @param spell a time in which it is different, or {@code null}
 * @param pause a pause of the whole process that comes back, or {@code null}
 * @param marked whether figures tell its share apart from the others'
 */
record InstanceSpec(
        int weight,
        int workers,
        ServiceTime serviceTime,
        @Nullable Spell spell,
        @Nullable Pause pause,
        boolean marked) {

    /**
     * @param fails whether it answers with a status of 500
     */
    record Spell(double fromSeconds, double toSeconds, ServiceTime serviceTime, boolean fails) {

        boolean holds(long nowNanos) {
            return nowNanos >= fromSeconds * 1e9 && nowNanos < toSeconds * 1e9;
        }
    }

    /** A stop of all workers, as for garbage collection, of {@code millis} every period. */
    record Pause(double everySeconds, double millis, double firstSeconds) {

        /** When work that needs {@code workNanos} and begins at {@code start} is done. */
        long end(long start, long workNanos) {
            long period = (long) (everySeconds * 1e9);
            long length = (long) (millis * 1e6);
            long first = (long) (firstSeconds * 1e9);
            long at = start;
            long left = workNanos;
            while (true) {
                long phase = Math.floorMod(at - first, period);
                if (phase < length) {
                    at += length - phase;
                    phase = length;
                }
                long free = period - phase;
                if (left <= free) {
                    return at + left;
                }
                left -= free;
                at += free;
            }
        }
    }

    static final int UNLIMITED = Integer.MAX_VALUE;

    static InstanceSpec of(int workers, ServiceTime serviceTime) {
        return new InstanceSpec(1, workers, serviceTime, null, null, false);
    }

    InstanceSpec weighing(int newWeight) {
        return new InstanceSpec(newWeight, workers, serviceTime, spell, pause, marked);
    }

    InstanceSpec with(Spell newSpell) {
        return new InstanceSpec(weight, workers, serviceTime, newSpell, pause, marked);
    }

    InstanceSpec with(Pause newPause) {
        return new InstanceSpec(weight, workers, serviceTime, spell, newPause, marked);
    }

    InstanceSpec mark() {
        return new InstanceSpec(weight, workers, serviceTime, spell, pause, true);
    }
}
