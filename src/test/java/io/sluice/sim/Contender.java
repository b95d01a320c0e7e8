package io.sluice.sim;

import io.sluice.balance.Algorithm;
import io.sluice.balance.BalancerSettings;
import java.util.List;

/** An algorithm with its settings. */
record Contender(String name, Algorithm algorithm, BalancerSettings settings) {

    static final Contender ROUND_ROBIN = of(Algorithm.ROUND_ROBIN);
    static final Contender LEAST_CONNECTIONS = of(Algorithm.LEAST_CONNECTIONS);
    static final Contender LEAST_RESPONSE_TIME = of(Algorithm.LEAST_RESPONSE_TIME);

    static final List<Contender> ALL =
            List.of(
                    ROUND_ROBIN,
                    of(Algorithm.WEIGHTED_ROUND_ROBIN),
                    LEAST_CONNECTIONS,
                    LEAST_RESPONSE_TIME,
                    of(Algorithm.IP_HASH),
                    of(Algorithm.CONSISTENT_HASHING),
                    new Contender(
                            "consistent-hashing, bound 1.25",
                            Algorithm.CONSISTENT_HASHING,
                            new BalancerSettings(BalancerSettings.DEFAULT_VIRTUAL_NODES, 1.25)));

    private static Contender of(Algorithm algorithm) {
        return new Contender(algorithm.settingName(), algorithm, BalancerSettings.DEFAULTS);
    }
}
