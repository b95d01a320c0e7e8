package io.sluice.routing.spring;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * Everything that a route definition says, copied: definitions may be changed in place. Two
 * definitions that say the same are built into routes that do the same. Immutable.
 *
 * @param words names and arguments of predicates and filters in their order, as texts, and after
 *     each list its length, as a number
 */
record DefinitionKey(
        @Nullable String id,
        @Nullable URI uri,
        int order,
        boolean enabled,
        Map<String, Object> metadata,
        List<@Nullable Object> words) {

    static DefinitionKey of(RouteDefinition definition) {
        ArrayList<@Nullable Object> words = new ArrayList<>();
        eachWord(definition, words::add);
        words.trimToSize();
        return new DefinitionKey(
                definition.getId(),
                definition.getUri(),
                definition.getOrder(),
                definition.isEnabled(),
                definition.getMetadata().isEmpty()
                        ? Map.of()
                        : new HashMap<>(definition.getMetadata()),
                words);
    }

    /** Whether the definition still says all this, and no more. */
    boolean isOf(RouteDefinition definition) {
        if (order != definition.getOrder()
                || enabled != definition.isEnabled()
                || !Objects.equals(id, definition.getId())
                || !Objects.equals(uri, definition.getUri())
                || !metadata.equals(definition.getMetadata())) {
            return false;
        }
        Comparison comparison = new Comparison(words);
        eachWord(definition, comparison);
        return comparison.same && comparison.at == words.size();
    }

    private static final class Comparison implements Consumer<@Nullable Object> {

        private final List<@Nullable Object> expected;
        private int at;
        private boolean same = true;

        Comparison(List<@Nullable Object> expected) {
            this.expected = expected;
        }

        @Override
        public void accept(@Nullable Object word) {
            same = same && at < expected.size() && Objects.equals(expected.get(at), word);
            at++;
        }
    }

    static List<@Nullable Object> wordsOf(List<FilterDefinition> filters) {
        List<@Nullable Object> words = new ArrayList<>();
        eachWord(filters, words::add);
        return words;
    }

    private static void eachWord(
            RouteDefinition definition, Consumer<? super @Nullable Object> words) {
        for (PredicateDefinition predicate : definition.getPredicates()) {
            eachWord(predicate.getName(), predicate.getArgs(), words);
        }
        words.accept(definition.getPredicates().size());
        eachWord(definition.getFilters(), words);
    }

    private static void eachWord(
            List<FilterDefinition> filters, Consumer<? super @Nullable Object> words) {
        for (FilterDefinition filter : filters) {
            eachWord(filter.getName(), filter.getArgs(), words);
        }
        words.accept(filters.size());
    }

    private static void eachWord(
            @Nullable String name,
            Map<String, String> arguments,
            Consumer<? super @Nullable Object> words) {
        words.accept(name);
        arguments.forEach(
                (key, value) -> {
                    words.accept(key);
                    words.accept(value);
                });
        words.accept(arguments.size());
    }
}
