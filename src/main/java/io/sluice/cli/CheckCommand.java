package io.sluice.cli;

import io.sluice.check.Finding;
import io.sluice.check.spring.Check;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        header = "Says what a start would refuse, and what is odd about the rest.",
        description = {
            "One line for each finding: FILE:LINE: error|warning CODE: KEY: what to do.",
            "Several files, or a directory with an application.yml, are one configuration; the"
                    + " later win. With --each they are several. Nothing is started and nothing"
                    + " sent."
        },
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeOnExecutionException = ExitCode.FAILED,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:no error; without --strict there may be warnings",
            "1:warnings, with --strict",
            "2:errors: a gateway would not start",
            "64:wrong arguments",
            "70:it could not be done"
        },
        footer = {
            "",
            "Examples:",
            "  java -jar sluice.jar check application.yml",
            "  java -jar sluice.jar check --strict --ignore=no-authentication,no-rate-limit config/",
            "  java -jar sluice.jar check --each staging.yml production.yml"
        })
final class CheckCommand implements Callable<Integer> {

    private final Class<?> application;

    @Spec private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Configuration files, or a directory with an application.yml.")
    private List<Path> files = List.of();

    @Option(names = "--each", description = "Each file is a configuration of its own.")
    private boolean each;

    @Option(names = "--strict", description = "Warnings make the exit code 1.")
    private boolean strict;

    @Option(
            names = "--ignore",
            split = ",",
            paramLabel = "CODE",
            description = "Codes of warnings not to show, such as no-rate-limit.")
    private List<String> ignored = List.of();

    CheckCommand(Class<?> application) {
        this.application = application;
    }

    @Override
    public Integer call() {
        if (spec == null) {
            return ExitCode.FAILED;
        }
        for (Path file : files) {
            if (!Files.exists(file)) {
                throw new ParameterException(spec.commandLine(), file + ": no such file");
            }
        }
        int code = ExitCode.OK;
        for (List<Path> one : each ? files.stream().map(List::of).toList() : List.of(files)) {
            code = Math.max(code, tell(one, spec.commandLine()));
        }
        return code;
    }

    private int tell(List<Path> configuration, CommandLine to) {
        Set<String> hidden = new HashSet<>(ignored);
        List<Finding> shown =
                Check.of(application, configuration, Instant.now()).stream()
                        .filter(one -> one.error() || !hidden.contains(one.code()))
                        .map(one -> one.at(near(one.file()), one.line()))
                        .toList();
        String name = configuration.get(0).toString();
        shown.forEach(finding -> to.getOut().println(finding.line(name)));
        long errors = shown.stream().filter(Finding::error).count();
        long warnings = shown.size() - errors;
        to.getErr()
                .println(
                        name
                                + ": "
                                + Count.of(errors, "error")
                                + ", "
                                + Count.of(warnings, "warning"));
        if (errors > 0) {
            return ExitCode.REFUSED;
        }
        return strict && warnings > 0 ? ExitCode.FOUND : ExitCode.OK;
    }

    /** A file below the working directory is named from there. */
    private static @Nullable String near(@Nullable String file) {
        Path here = Path.of("").toAbsolutePath();
        return file != null && file.startsWith(here + File.separator)
                ? file.substring(here.toString().length() + 1)
                : file;
    }
}
