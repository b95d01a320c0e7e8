package io.sluice.routing;

/**
 * Finds capturing groups in patterns: Spring's matchers throw when they meet one, so such a pattern
 * has to be tested on every request.
 */
final class Groups {

    private Groups() {}

    static boolean in(String pattern) {
        int at = pattern.indexOf('(');
        while (at >= 0) {
            if (!pattern.startsWith("(?:", at)) {
                return true;
            }
            at = pattern.indexOf('(', at + 1);
        }
        return false;
    }
}
