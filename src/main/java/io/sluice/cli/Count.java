package io.sluice.cli;

/** A number of things, in words. */
final class Count {

    private Count() {}

    /** Such as {@code 1 request} and {@code 2 requests}. */
    static String of(long number, String one) {
        return number + " " + one + (number == 1 ? "" : "s");
    }
}
