package io.sluice.auth;

/** What became of reading key material. */
public sealed interface KeyReading {

    /**
     * @param keys at least one key
     * @param dropped how many entries were left out, as they are not for verifying or too weak
     */
    record Usable(KeySet keys, int dropped) implements KeyReading {}

    /**
     * @param expected what would have been accepted; never part of the material
     */
    record Unusable(String expected) implements KeyReading {}
}
