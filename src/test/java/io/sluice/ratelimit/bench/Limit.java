package io.sluice.ratelimit.bench;

/**
 * A bucket's size and refill per second.
 *
 * @param key whether it is the {@code user}'s, the address's ({@code ip}), or {@code global}
 */
record Limit(String name, String key, int capacity, int perSecond) {

    /** Whose bucket. */
    String identity(int number) {
        return key.equals("global") ? key : key + ":" + (1_000_000 + number);
    }
}
