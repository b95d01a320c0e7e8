package io.sluice.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The commands, and whether the arguments of a start name one. */
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        header = "An API gateway. Without a command it starts the gateway.",
        description =
                "Options of Spring Boot, such as --server.port=8080, are options of the start.",
        exitCodeOnInvalidInput = ExitCode.USAGE,
        synopsisHeading = "Usage: ",
        customSynopsis = {
            "java -jar sluice.jar [--spring.config.additional-location=file:application.yml]",
            "       java -jar sluice.jar COMMAND"
        },
        footer = {
            "",
            "Examples:",
            "  java -jar sluice.jar check application.yml",
            "  java -jar sluice.jar explain --config application.yml --path /orders/1",
            "  java -jar sluice.jar diff old.yml new.yml --requests access.log",
            "",
            "COMMAND --help says more."
        })
public final class Commands implements Runnable {

    private static final Set<String> ALONE = Set.of("--help", "-h", "--version", "-V");

    @Spec private @Nullable CommandSpec spec;

    private Commands() {}

    /**
     * Whether these arguments are for the command line: their first that is no option is a word, or
     * they ask for help or the version. Else they are those of a gateway's start.
     */
    public static boolean areIn(String[] arguments) {
        for (String argument : arguments) {
            if (!argument.startsWith("-") || ALONE.contains(argument)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Runs the command that the arguments name.
     *
     * @param application whose start {@code check} and the others rehearse
     * @return the exit code
     */
    public static int run(Class<?> application, String... arguments) {
        return run(application, writer(System.out), writer(System.err), arguments);
    }

    static int run(Class<?> application, PrintWriter out, PrintWriter err, String... arguments) {
        return new CommandLine(new Commands())
                .addSubcommand(new CheckCommand(application))
                .addSubcommand(new ExplainCommand(application))
                .addSubcommand(new DiffCommand(application))
                .addSubcommand(new TokenCommand())
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler(Commands::failed)
                .execute(arguments);
    }

    private static PrintWriter writer(java.io.PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult result) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        command.getErr().println(command.getCommandName() + ": " + message);
        return e instanceof RefusedException ? ExitCode.REFUSED : ExitCode.FAILED;
    }

    /** No command is a wrong use. */
    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "a command is missing");
        }
    }
}
