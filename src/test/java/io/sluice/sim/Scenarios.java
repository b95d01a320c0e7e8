package io.sluice.sim;

import io.sluice.balance.SelectionSettings;
import io.sluice.sim.InstanceSpec.Pause;
import io.sluice.sim.InstanceSpec.Spell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The scenarios of {@code docs/balancing.md}. */
final class Scenarios {

    private static final InstanceSpec QUICK = InstanceSpec.of(8, ServiceTime.lognormal(0.25, 0.25));
    private static final InstanceSpec QUICK_BUT_FAR =
            InstanceSpec.of(8, ServiceTime.lognormal(0.25, 0.25).plus(5)).mark();
    private static final InstanceSpec TEN_MILLIS = InstanceSpec.of(8, ServiceTime.exponential(10));
    private static final InstanceSpec TWENTY_MILLIS =
            InstanceSpec.of(8, ServiceTime.exponential(20)).mark();
    private static final InstanceSpec FAILING =
            TEN_MILLIS.with(new Spell(5, Double.MAX_VALUE, ServiceTime.constant(1), true)).mark();

    static final Scenario BUOYANT =
            Scenario.of("buoyant", "One of eleven stalls", buoyantFleet(), 1000, 60)
                    .saying(
                            "Buoyant's test of 2016: 1,000 requests/s to 11 instances of 167 ms (normal, "
                                    + "σ 5 ms, any number at once). From second 15 to 45 one answers in 2 s. "
                                    + "All 60 s are measured.");

    static final Scenario FOUR_ALIKE =
            Scenario.of("four-alike", "Four alike", fleet(QUICK, 4), 4000, 30)
                    .measuredFrom(2)
                    .saying(
                            "The healthy fleet that the next two are compared with: 4,000 requests/s to 4 "
                                    + "instances of 8 workers, 0.25 ms (lognormal, σ 0.25).");

    static final Scenario ONE_OF_FOUR =
            Scenario.of(
                            "one-slow-of-four",
                            "One slow of four",
                            fleet(QUICK_BUT_FAR, 1, QUICK, 3),
                            4000,
                            30)
                    .measuredFrom(2)
                    .saying("The same, one instance 5 ms slower on every request.");

    static final Scenario TWO_OF_FOUR =
            Scenario.of(
                            "two-slow-of-four",
                            "Two slow of four",
                            fleet(QUICK_BUT_FAR, 2, QUICK, 2),
                            4000,
                            30)
                    .measuredFrom(2)
                    .saying(
                            "The same, two of them. Two random choices would both be slow in one pick of six.");

    static final Scenario HETEROGENEOUS =
            Scenario.of(
                            "heterogeneous",
                            "Half of the fleet is half as fast, and nobody said so",
                            fleet(TWENTY_MILLIS, 5, TEN_MILLIS, 5),
                            4800,
                            40)
                    .measuredFrom(5)
                    .saying(
                            "5 instances of 10 ms and 5 of 20 ms (exponential, 8 workers each), all of weight "
                                    + "1, at 80 % of what they can do together. An even split is 120 % of what "
                                    + "the slow ones can do, so their queues grow for as long as it lasts.");

    static final Scenario WEIGHTED =
            Scenario.of(
                            "weighted",
                            "Half of the fleet is half as fast, and the weights say so",
                            fleet(TWENTY_MILLIS, 5, TEN_MILLIS.weighing(2), 5),
                            4800,
                            40)
                    .measuredFrom(5)
                    .saying("The same fleet and load with weights 2 and 1.");

    static final Scenario HEALTHY =
            Scenario.of("healthy", "Healthy, at 80 %", fleet(TEN_MILLIS, 10), 6400, 40)
                    .measuredFrom(5)
                    .saying(
                            "10 instances of 10 ms (exponential, 8 workers) at 80 %: what cleverness costs "
                                    + "where there is nothing to be clever about.");

    static final Scenario PAUSES =
            Scenario.of("pauses", "Garbage collection", pausingFleet(), 4000, 60)
                    .measuredFrom(5)
                    .saying(
                            "The same fleet at 50 %; every instance stands still for 500 ms every 10 s, each "
                                    + "at another time.");

    static final Scenario BLACK_HOLE =
            Scenario.of("black-hole", "The black hole", fleet(FAILING, 1, TEN_MILLIS, 9), 4000, 35)
                    .measuredFrom(6)
                    .saying(
                            "The same fleet at 50 %; from second 5 on one instance answers everything with an "
                                    + "error in 1 ms. Measured from second 6. No outlier detection and no "
                                    + "retry, to see the algorithms alone.");

    static final Scenario BLACK_HOLE_EJECTED =
            new Scenario(
                            "black-hole-ejected",
                            "The black hole, with outlier detection",
                            "",
                            BLACK_HOLE.fleet(),
                            1,
                            4000,
                            35,
                            6,
                            1,
                            true,
                            Scenario.Restarts.NONE,
                            SelectionSettings.DEFAULTS)
                    .saying("The same with outlier detection as it is by default.");

    static final Scenario QUIET =
            Scenario.of("quiet", "32 gateways at 5 %", fleet(TEN_MILLIS, 10), 400, 60)
                    .by(32)
                    .measuredFrom(5)
                    .saying(
                            "The same fleet at 5 %, from 32 gateways that know nothing of each other: the "
                                    + "place where gateways herd on one instance.");

    static final Scenario RESTART =
            Scenario.of("restart", "A rolling restart of 100 instances", restartFleet(), 6000, 62)
                    .by(4)
                    .measuredFrom(2)
                    .restarting(restarts(), SelectionSettings.DEFAULTS)
                    .saying(
                            "100 instances of 20 ms (exponential, 2 workers) at 60 %, 4 gateways. Every half "
                                    + "second one more stops taking connections without a warning, and is back "
                                    + "5 s later, five times slower at first and warm after 3 s. Gateways learn "
                                    + "of either within 0.5 s. A refused connection is tried once more "
                                    + "elsewhere.");

    static final Scenario RESTART_SLOW_START =
            Scenario.of(
                            "restart-slow-start",
                            "The rolling restart, with slow start",
                            restartFleet(),
                            6000,
                            62)
                    .by(4)
                    .measuredFrom(2)
                    .restarting(
                            restarts(),
                            new SelectionSettings(
                                    Duration.ofSeconds(5),
                                    SelectionSettings.DEFAULT_PANIC_PERCENT,
                                    null))
                    .saying("The same with `slow-start: 5s`.");

    static final Scenario LARGE =
            Scenario.of(
                            "large",
                            "1,000 instances, 32 gateways",
                            fleet(InstanceSpec.of(1, ServiceTime.exponential(10)), 1000),
                            70_000,
                            12)
                    .by(32)
                    .measuredFrom(2)
                    .saying(
                            "1,000 instances of one worker each, 10 ms (exponential), at 70 %: 70,000 "
                                    + "requests/s from 32 gateways, each of which sees a thirty-second of the "
                                    + "load. (Shares of 1,000 instances over 10 s differ by chance, too.)");

    static final List<Scenario> ALL =
            List.of(
                    BUOYANT,
                    FOUR_ALIKE,
                    ONE_OF_FOUR,
                    TWO_OF_FOUR,
                    HETEROGENEOUS,
                    WEIGHTED,
                    HEALTHY,
                    PAUSES,
                    BLACK_HOLE,
                    BLACK_HOLE_EJECTED,
                    QUIET,
                    RESTART,
                    RESTART_SLOW_START,
                    LARGE);

    private Scenarios() {}

    private static List<InstanceSpec> buoyantFleet() {
        InstanceSpec steady = InstanceSpec.of(InstanceSpec.UNLIMITED, ServiceTime.normal(167, 5));
        InstanceSpec stalling =
                steady.with(new Spell(15, 45, ServiceTime.constant(2000), false)).mark();
        return fleet(stalling, 1, steady, 10);
    }

    private static List<InstanceSpec> pausingFleet() {
        List<InstanceSpec> fleet = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            fleet.add(TEN_MILLIS.with(new Pause(10, 500, 0.97 * i)));
        }
        return fleet;
    }

    private static List<InstanceSpec> restartFleet() {
        return fleet(InstanceSpec.of(2, ServiceTime.exponential(20)), 100);
    }

    private static Scenario.Restarts restarts() {
        return new Scenario.Restarts(2, 0.5, 5, 0.5, 3, 5);
    }

    private static List<InstanceSpec> fleet(InstanceSpec spec, int count) {
        return Collections.nCopies(count, spec);
    }

    private static List<InstanceSpec> fleet(
            InstanceSpec first, int firsts, InstanceSpec second, int seconds) {
        List<InstanceSpec> fleet = new ArrayList<>(fleet(first, firsts));
        fleet.addAll(fleet(second, seconds));
        return fleet;
    }
}
