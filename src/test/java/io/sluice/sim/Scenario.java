package io.sluice.sim;

import io.sluice.balance.SelectionSettings;
import java.util.List;

/**
 * What happens to a fleet.
 *
 * @param name names its chart
 * @param title heads its table
 * @param says one paragraph for the reader
 * @param fleet the instances, in the order of their ports
 * @param gateways each with counts of its own; a request comes to one by chance
 * @param perSecond requests of all gateways together, as a Poisson process
 * @param seconds for which requests come; all of them are answered
 * @param measureFrom seconds from which they are measured
 * @param attempts most attempts at a request whose connection was refused
 * @param outlierDetection whether gateways eject instances, with the defaults
 * @param restarts of all instances one after the other
 * @param selection slow start and panic threshold
 */
record Scenario(
        String name,
        String title,
        String says,
        List<InstanceSpec> fleet,
        int gateways,
        double perSecond,
        double seconds,
        double measureFrom,
        int attempts,
        boolean outlierDetection,
        Restarts restarts,
        SelectionSettings selection) {

    /** Clients, each with one key for ever. */
    static final int CLIENTS = 10_000;

    /**
     * A rolling restart: every {@code everySeconds} the next instance stops and comes back {@code
     * awaySeconds} later.
     *
     * @param noticeSeconds gateways learn of either within this time, each at another moment
     * @param coldSeconds how long a started instance takes to warm up
     * @param coldFactor how much slower it is at first
     */
    record Restarts(
            double firstSeconds,
            double everySeconds,
            double awaySeconds,
            double noticeSeconds,
            double coldSeconds,
            double coldFactor) {

        static final Restarts NONE = new Restarts(0, 0, 0, 0, 0, 1);

        /** The factor on service times at an age, falling in a straight line to 1. */
        double coldness(long ageNanos) {
            double age = ageNanos / 1e9;
            return age >= coldSeconds ? 1 : 1 + (coldFactor - 1) * (1 - age / coldSeconds);
        }
    }

    static Scenario of(
            String name, String title, List<InstanceSpec> fleet, double perSecond, double seconds) {
        return new Scenario(
                name,
                title,
                "",
                List.copyOf(fleet),
                1,
                perSecond,
                seconds,
                0,
                1,
                false,
                Restarts.NONE,
                SelectionSettings.DEFAULTS);
    }

    Scenario saying(String text) {
        return new Scenario(
                name,
                title,
                text,
                fleet,
                gateways,
                perSecond,
                seconds,
                measureFrom,
                attempts,
                outlierDetection,
                restarts,
                selection);
    }

    Scenario by(int newGateways) {
        return new Scenario(
                name,
                title,
                says,
                fleet,
                newGateways,
                perSecond,
                seconds,
                measureFrom,
                attempts,
                outlierDetection,
                restarts,
                selection);
    }

    Scenario measuredFrom(double second) {
        return new Scenario(
                name,
                title,
                says,
                fleet,
                gateways,
                perSecond,
                seconds,
                second,
                attempts,
                outlierDetection,
                restarts,
                selection);
    }

    Scenario lasting(double newSeconds) {
        return new Scenario(
                name,
                title,
                says,
                fleet,
                gateways,
                perSecond,
                newSeconds,
                measureFrom,
                attempts,
                outlierDetection,
                restarts,
                selection);
    }

    Scenario withOutlierDetection() {
        return new Scenario(
                name,
                title,
                says,
                fleet,
                gateways,
                perSecond,
                seconds,
                measureFrom,
                attempts,
                true,
                restarts,
                selection);
    }

    /** With one retry elsewhere when a connection is refused. */
    Scenario restarting(Restarts how, SelectionSettings newSelection) {
        return new Scenario(
                name,
                title,
                says,
                fleet,
                gateways,
                perSecond,
                seconds,
                measureFrom,
                2,
                outlierDetection,
                how,
                newSelection);
    }
}
