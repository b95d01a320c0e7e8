package io.sluice.cli;

import io.sluice.explain.spring.Question;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests out of a log, each with how often it was made. Immutable.
 *
 * @param counts in the order in which they were met
 * @param others lines that tell of no request
 */
record LoggedRequests(Map<Question, Long> counts, long others) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * @param file {@code -} is the standard input
     * @param host of requests that name none
     */
    static LoggedRequests read(String file, String host) throws IOException {
        try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file));
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return of(lines, host);
        }
    }

    private static LoggedRequests of(BufferedReader lines, String host) throws IOException {
        Map<Question, Long> counts = new LinkedHashMap<>();
        long others = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Question question = question(line.strip(), host);
            if (question != null) {
                counts.merge(question, 1L, Long::sum);
            } else if (!line.isBlank()) {
                others++;
            }
        }
        return new LoggedRequests(counts, others);
    }

    private static @Nullable Question question(String line, String host) {
        try {
            return line.startsWith("{") ? logged(line, host) : plain(line, host);
        } catch (IllegalArgumentException | JacksonException none) {
            return null;
        }
    }

    private static @Nullable Question logged(String line, String host) {
        JsonNode record = JSON.readTree(line);
        JsonNode method = record.path("method");
        JsonNode path = record.path("path");
        return method.isString() && path.isString()
                ? Question.of(
                        method.asString(),
                        path.asString(),
                        record.path("host").asString(host),
                        List.of(),
                        record.path("client").asString("").isEmpty()
                                ? null
                                : record.get("client").asString())
                : null;
    }

    private static @Nullable Question plain(String line, String host) {
        String[] words = line.split("\\s+");
        return words.length == 2 || words.length == 3
                ? Question.of(
                        words[0], words[1], words.length == 3 ? words[2] : host, List.of(), null)
                : null;
    }
}
