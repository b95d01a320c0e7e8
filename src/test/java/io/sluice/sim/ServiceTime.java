package io.sluice.sim;

import java.util.random.RandomGenerator;

/** How long a worker needs for a request, in milliseconds. */
interface ServiceTime {

    double millis(RandomGenerator random);

    static ServiceTime constant(double millis) {
        return random -> millis;
    }

    static ServiceTime exponential(double meanMillis) {
        return random -> -meanMillis * Math.log(1 - random.nextDouble());
    }

    static ServiceTime normal(double meanMillis, double deviation) {
        return random -> Math.max(0.01, random.nextGaussian(meanMillis, deviation));
    }

    /**
     * @param sigma the deviation of the logarithm
     */
    static ServiceTime lognormal(double medianMillis, double sigma) {
        return random -> medianMillis * Math.exp(sigma * random.nextGaussian());
    }

    default ServiceTime plus(double millis) {
        return random -> millis(random) + millis;
    }
}
