package io.sluice.upstream;

import java.time.Duration;
import java.util.List;

/** What name servers said about the addresses of one family (A or AAAA) of a name. */
public sealed interface DnsAnswer {

    /**
     * Addresses.
     *
     * @param addresses at least one, each as a literal, IPv6 without brackets
     * @param ttl how long the answer may be used: the shortest of its records
     */
    record Found(List<String> addresses, Duration ttl) implements DnsAnswer {

        public Found {
            if (addresses.isEmpty()) {
                throw new IllegalArgumentException("addresses: none (expected: at least one)");
            }
            addresses = List.copyOf(addresses);
        }
    }

    /** A name server has answered: no such name, or no record of this family. */
    record Absent() implements DnsAnswer {}

    /**
     * No usable answer.
     *
     * @param reason in words, for the log
     */
    record Failed(String reason) implements DnsAnswer {}
}
