package io.sluice.cli;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** An explanation for people, one fact a line. */
final class ExplanationText {

    private final JsonNode all;
    private final List<String> lines = new ArrayList<>();

    /**
     * @param all as {@code /actuator/explain} answers
     */
    ExplanationText(JsonNode all) {
        this.all = all;
    }

    List<String> lines() {
        JsonNode request = all.get("request");
        lines.add(
                "request: %s %s, host %s, client %s"
                        .formatted(
                                request.get("method").asString(),
                                request.get("path").asString(),
                                request.path("host").asString("(none)"),
                                request.get("client").asString()));
        route();
        answer();
        all.get("nearer").forEach(this::nearer);
        int more = all.get("nearerNotShown").asInt();
        if (more > 0) {
            lines.add("not this route: " + more + " more");
        }
        all.get("authentication").forEach(this::authentication);
        all.path("limits").path("policies").forEach(this::limit);
        upstream(all.path("upstream"));
        all.get("filters")
                .forEach(
                        f ->
                                lines.add(
                                        "filter %d: %s%s"
                                                .formatted(
                                                        f.get("order").asInt(),
                                                        f.get("filter").asString(),
                                                        f.get("global").asBoolean()
                                                                ? " (of all routes)"
                                                                : "")));
        return lines;
    }

    private void route() {
        String route = all.path("route").asString("(none)");
        boolean drawn = !all.get("alternatives").isEmpty();
        lines.add("route: " + route + (drawn ? share(all) : ""));
        all.get("alternatives")
                .forEach(o -> lines.add("or route: " + o.get("route").asString() + share(o)));
    }

    private static String share(JsonNode of) {
        return " (%.1f %% of such requests)".formatted(of.get("share").asDouble() * 100);
    }

    private void answer() {
        JsonNode answer = all.path("answer");
        lines.add(
                answer.has("status")
                        ? "answer: %d %s, %s"
                                .formatted(
                                        answer.get("status").asInt(),
                                        answer.get("error").asString(),
                                        answer.get("why").asString())
                        : "answer: the upstream's");
    }

    private void nearer(JsonNode one) {
        String why = one.path("why").asString("");
        lines.add(
                "not this route: %s, %s %s%s"
                        .formatted(
                                one.get("route").asString(),
                                one.get("predicate").asString(),
                                one.get("failed").asBoolean() ? "does not hold" : "failed",
                                why.isEmpty() ? "" : " (" + why + ")"));
    }

    private void authentication(JsonNode one) {
        JsonNode asks = one.get("asks");
        lines.add(
                "authentication: %s%s, %s"
                        .formatted(
                                one.get("filter").asString(),
                                asks.isEmpty() ? "" : " " + asks,
                                one.get("finding").asString()));
    }

    private void limit(JsonNode one) {
        lines.add(
                "limit: %s, bucket %s, %s of %d tokens%s"
                        .formatted(
                                one.get("policy").asString(),
                                one.get("key").asString(),
                                one.path("tokens").asString("?"),
                                one.get("capacity").asLong(),
                                one.get("exempt").asBoolean() ? ", exempt" : ""));
    }

    private void upstream(JsonNode one) {
        if (!one.has("target")) {
            return;
        }
        String algorithm = one.path("algorithm").asString("");
        String chosen = one.path("chosen").asString("");
        lines.add(
                "upstream: "
                        + one.get("target").asString()
                        + (algorithm.isEmpty() ? "" : ", " + algorithm)
                        + (chosen.isEmpty() ? "" : ", for this key " + chosen));
        one.get("instances").forEach(this::instance);
    }

    private void instance(JsonNode one) {
        lines.add(
                one.isString()
                        ? "instance: " + one.asString()
                        : "instance: %s, %s, %d in flight, score %s"
                                .formatted(
                                        one.get("id").asString(),
                                        one.get("reason").asString(),
                                        one.get("inFlight").asInt(),
                                        one.path("score").asString("none")));
    }
}
