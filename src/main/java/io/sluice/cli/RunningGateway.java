package io.sluice.cli;

import io.sluice.explain.spring.Question;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A gateway's management port.
 *
 * @param url such as {@code http://localhost:8081}
 * @param token for a port that asks for one
 */
record RunningGateway(String url, @Nullable String token) {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    JsonNode explain(Question question) {
        StringBuilder target = new StringBuilder(url.replaceAll("/+$", ""));
        target.append("/actuator/explain?method=").append(encoded(question.method()));
        target.append("&path=").append(encoded(question.path()));
        target.append("&client=").append(encoded(question.client()));
        if (question.host() != null) {
            target.append("&host=").append(encoded(question.host()));
        }
        question.headers().forEach(one -> target.append("&header=").append(encoded(one)));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(target.toString())).timeout(LIMIT);
        if (token != null && !token.isBlank()) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<String> answer = sent(request.build());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(
                    url + " answers " + answer.statusCode() + ": " + answer.body());
        }
        return JsonMapper.builder().build().readTree(answer.body());
    }

    private HttpResponse<String> sent(HttpRequest request) {
        try {
            return HttpClient.newBuilder()
                    .connectTimeout(LIMIT)
                    .build()
                    .send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(url + " does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(url + " was not waited for", e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
