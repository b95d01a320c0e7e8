package io.sluice.cli;

/** What a command's exit says. The first three are each command's own to word. */
final class ExitCode {

    static final int OK = 0;

    /** Something was found, and it stops nothing. */
    static final int FOUND = 1;

    /** What was given is refused. */
    static final int REFUSED = 2;

    /** Wrong arguments; as in sysexits.h. */
    static final int USAGE = 64;

    /** It could not be done: a file or a gateway that does not answer. */
    static final int FAILED = 70;

    private ExitCode() {}
}
