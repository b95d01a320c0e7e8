package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.Jar.Run;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {

    private static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code =
                Commands.run(
                        CommandsTest.class,
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        arguments);
        return new Run(code, out.toString(), err.toString());
    }

    @Test
    void areIn_aWordOrAskedForHelp_isACommand() {
        assertThat(Commands.areIn(new String[] {"check", "a.yml"})).isTrue();
        assertThat(Commands.areIn(new String[] {"--help"})).isTrue();
        assertThat(Commands.areIn(new String[] {"-V"})).isTrue();
    }

    @Test
    void areIn_optionsOfAStart_areNone() {
        assertThat(Commands.areIn(new String[0])).isFalse();
        assertThat(Commands.areIn(new String[] {"--server.port=1", "--debug"})).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "explain", "diff", "token"})
    void run_helpOfACommand_hasExamplesAndExitCodes(String command) {
        Run run = run(command, "--help");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("Usage: sluice " + command, "Examples:", "Exit codes:")
                .contains("java -jar sluice.jar " + command);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chekc a.yml",
                "check",
                "check /no/such.yml",
                "explain --path /a",
                "explain --config a.yml",
                "diff a.yml b.yml",
                "token --issuer me",
                "token --secret 01234567890123456789012345678901 --issuer me --ttl soon"
            })
    void run_wrongUse_saysSoOnTheErrorOutput(String line) {
        Run run = run(line.split(" "));

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isNotBlank();
    }

    @Test
    void run_secretTooShort_isRefusedInOneLine() {
        Run run = run("token", "--secret", "short", "--issuer", "me");

        assertThat(run.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err().lines())
                .containsExactly("token: secret: 5 bytes (expected: >= 32 bytes)");
    }
}
