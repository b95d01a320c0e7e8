package io.sluice.cli;

import io.sluice.check.Comparison;
import io.sluice.check.Comparison.Change;
import io.sluice.check.Comparison.Fate;
import io.sluice.explain.Explanation;
import io.sluice.explain.spring.Question;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code diff}. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        header = "Says which requests another configuration would treat differently.",
        description = {
            "Each request is put to both configurations, of which nothing is started: another"
                    + " route, other rate limits, another authentication, another upstream,"
                    + " another answer of the gateway's own.",
            "Requests are access-log lines as Sluice writes them (other lines of a log are passed"
                    + " over), or METHOD PATH [HOST]. Headers are in neither, so routes by header"
                    + " or cookie are compared for requests without."
        },
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeOnExecutionException = ExitCode.FAILED,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing differs",
            "1:something does",
            "2:a configuration is refused",
            "64:wrong arguments",
            "70:a file cannot be read"
        },
        footer = {
            "",
            "Examples:",
            "  java -jar sluice.jar diff old.yml new.yml --requests access.log",
            "  kubectl logs deploy/edge | java -jar sluice.jar diff old.yml new.yml --requests -"
                    + " --host shop.example.org"
        })
final class DiffCommand implements Callable<Integer> {

    private final Class<?> application;

    @Spec private @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "OLD", description = "The configuration as it is.")
    private Path before = Path.of("");

    @Parameters(index = "1", paramLabel = "NEW", description = "As it is to be.")
    private Path after = Path.of("");

    @Option(
            names = "--requests",
            required = true,
            paramLabel = "FILE",
            description = "The requests; - is the standard input.")
    private String requests = "";

    @Option(
            names = "--host",
            defaultValue = "localhost",
            description = "The host of requests that name none; localhost if absent.")
    private String host = "localhost";

    @Option(
            names = "--examples",
            defaultValue = "3",
            description = "How many requests are shown for each change; 3 if absent.")
    private int examples = 3;

    DiffCommand(Class<?> application) {
        this.application = application;
    }

    @Override
    public Integer call() throws IOException {
        if (spec == null) {
            return ExitCode.FAILED;
        }
        LoggedRequests logged = LoggedRequests.read(requests, host);
        Map<Question, Fate> old = fates(before, logged);
        Map<Question, Fate> now = fates(after, logged);
        Comparison comparison = new Comparison(examples);
        for (Map.Entry<Question, Long> asked : logged.counts().entrySet()) {
            Question one = asked.getKey();
            String text = one.method() + " " + one.path() + " " + one.host();
            Fate was = old.get(one);
            Fate is = now.get(one);
            if (was != null && is != null) {
                comparison.add(text, asked.getValue(), was, is);
            }
        }
        tell(comparison, logged, spec.commandLine().getOut());
        return comparison.different() == 0 ? ExitCode.OK : ExitCode.FOUND;
    }

    private Map<Question, Fate> fates(Path configuration, LoggedRequests logged) {
        try (Rehearsed gateway = Rehearsed.of(application, List.of(configuration))) {
            return logged.counts().keySet().stream()
                    .collect(Collectors.toMap(one -> one, one -> fate(gateway.explain(one))));
        }
    }

    private static Fate fate(Explanation all) {
        String others =
                all.alternatives().stream()
                        .map(other -> " or " + other.route())
                        .collect(Collectors.joining());
        String limits =
                all.limits() == null
                        ? null
                        : all.limits().policies().stream()
                                .map(one -> one.policy())
                                .collect(Collectors.joining(", "));
        String authentication =
                all.authentication().isEmpty()
                        ? null
                        : all.authentication().stream()
                                .map(
                                        one ->
                                                one.filter()
                                                        + (one.asks().isEmpty()
                                                                ? ""
                                                                : " " + one.asks()))
                                .collect(Collectors.joining(", "));
        return new Fate(
                all.route() == null ? null : all.route() + others,
                limits,
                authentication,
                all.upstream() == null ? null : all.upstream().target(),
                all.answer() == null ? null : all.answer().status() + " " + all.answer().error());
    }

    private static void tell(Comparison comparison, LoggedRequests logged, PrintWriter out) {
        for (Change change : comparison.changes()) {
            out.printf(
                    "%s: %s -> %s: %s, such as %s%n",
                    change.aspect().text(),
                    change.before(),
                    change.after(),
                    Count.of(change.requests(), "request"),
                    String.join("; ", change.examples()));
        }
        out.printf(
                "%d of %s differ; not read as requests: %s%n",
                comparison.different(),
                Count.of(comparison.total(), "request"),
                Count.of(logged.others(), "line"));
    }
}
