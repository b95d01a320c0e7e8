package io.sluice.problem.spring;

import io.sluice.problem.Problem;
import org.springframework.http.HttpStatus;

/** Problems for plain statuses: fixed codes and sentences, whatever raised them. */
final class Problems {

    private Problems() {}

    static Problem ofStatus(int status, boolean routed) {
        HttpStatus known = HttpStatus.resolve(status);
        String title = known == null ? "Error" : known.getReasonPhrase();
        return switch (status) {
            case 400 -> Problem.of(400, "bad-request", title, "The request is not valid.");
            case 404 ->
                    routed
                            ? Problem.of(404, "not-found", title, "There is nothing here.")
                            : Problem.of(404, "no-route", title, "No route takes this request.");
            case 405 ->
                    Problem.of(405, "method-not-allowed", title, "The method is not allowed here.");
            case 413 -> Problem.of(413, "content-too-large", title, "The body is too large.");
            case 503 ->
                    Problem.of(503, "unavailable", title, "The service cannot answer at present.");
            case 504 ->
                    Problem.of(
                            504, "upstream-timeout", title, "The upstream did not answer in time.");
            case 500 -> Problem.of(500, "internal", title, "The gateway failed.");
            default ->
                    Problem.of(
                            status,
                            "status-" + status,
                            title,
                            "The request ended with status " + status + ".");
        };
    }
}
