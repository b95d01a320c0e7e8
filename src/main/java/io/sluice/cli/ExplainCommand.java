package io.sluice.cli;

import io.sluice.explain.spring.Question;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code explain}. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        header = "Says which route a request would get, and why no nearer one.",
        description = {
            "Asks a configuration, of which nothing is started, or a running gateway, which then"
                    + " also tells the state of buckets and instances. Nothing is sent upstream,"
                    + " taken or counted."
        },
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeOnExecutionException = ExitCode.FAILED,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:explained, whatever the answer would be",
            "2:the configuration is refused",
            "64:wrong arguments",
            "70:the gateway does not answer"
        },
        footer = {
            "",
            "Examples:",
            "  java -jar sluice.jar explain --config application.yml --path /orders/1",
            "  java -jar sluice.jar explain --config application.yml --method POST --path /orders"
                    + " --host shop.example.org --header 'X-Beta: 1'",
            "  java -jar sluice.jar explain --url http://localhost:8081 --path /orders/1 --json"
        })
final class ExplainCommand implements Callable<Integer> {

    /** Where the answer comes from. */
    private static final class Source {

        @Option(
                names = "--config",
                required = true,
                paramLabel = "FILE",
                description = "A configuration file; may be given several times.")
        private List<Path> files = List.of();

        @Option(
                names = "--url",
                required = true,
                description =
                        "The management port of a running gateway. A token is taken from"
                                + " SLUICE_MANAGEMENT_TOKEN.")
        private @Nullable String url;
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Class<?> application;

    @Spec private @Nullable CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private @Nullable Source source;

    @Option(names = "--method", description = "GET if absent.")
    private @Nullable String method;

    @Option(names = "--path", required = true, description = "With the query, if there is one.")
    private @Nullable String path;

    @Option(names = "--host", description = "The Host header; localhost if absent.")
    private @Nullable String host;

    @Option(
            names = "--header",
            paramLabel = "'NAME: VALUE'",
            description = "A request header; may be given several times.")
    private List<String> headers = List.of();

    @Option(
            names = "--client",
            paramLabel = "ADDRESS",
            description = "Where the connection would come from; 127.0.0.1 if absent.")
    private @Nullable String client;

    @Option(names = "--json", description = "As /actuator/explain answers it.")
    private boolean json;

    ExplainCommand(Class<?> application) {
        this.application = application;
    }

    @Override
    public Integer call() {
        if (spec == null || source == null) {
            return ExitCode.FAILED;
        }
        Question question;
        try {
            question = Question.of(method, path, host, headers, client);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()));
        }
        JsonNode answer =
                source.url == null
                        ? rehearsed(source.files, question)
                        : new RunningGateway(source.url, System.getenv("SLUICE_MANAGEMENT_TOKEN"))
                                .explain(question);
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer));
        } else {
            new ExplanationText(answer).lines().forEach(out::println);
        }
        return ExitCode.OK;
    }

    private JsonNode rehearsed(List<Path> files, Question question) {
        try (Rehearsed gateway = Rehearsed.of(application, files)) {
            return JSON.valueToTree(gateway.explain(question));
        }
    }
}
