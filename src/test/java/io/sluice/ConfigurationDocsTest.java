package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code docs/configuration.md} against the settings that the program reads. */
class ConfigurationDocsTest {

    private static final Path PAGE = Path.of("docs/configuration.md");
    private static final Pattern ROW =
            Pattern.compile("^\\| `(sluice\\.[^`]+)` \\| ([^|]+) \\| ([^|]+) \\| (.+) \\|$");
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    /** Every leaf setting by its path, with the default that the binder would use. */
    private static Map<String, String> settings() {
        Map<String, String> found = new TreeMap<>();
        collect("sluice", SluiceProperties.class, found);
        return found;
    }

    private static void collect(String prefix, Class<?> type, Map<String, String> found) {
        for (RecordComponent component : type.getRecordComponents()) {
            String path = prefix + "." + kebab(component.getName());
            Type generic = component.getGenericType();
            if (component.getType().isRecord()) {
                collect(path, component.getType(), found);
            } else if (valueRecord(generic, 1) != null) {
                collect(path + key(component.getName()), valueRecord(generic, 1), found);
            } else if (valueRecord(generic, 0) != null) {
                collect(path + "[]", valueRecord(generic, 0), found);
            } else {
                // One entry among the plans is no plan but the claim that names it.
                found.put(
                        path.replace("plans.<plan>.claim", "plans.claim"),
                        defaultOf(type, component));
            }
        }
    }

    private static String key(String map) {
        return switch (map) {
            case "upstreams" -> ".<id>";
            case "plans" -> ".<plan>";
            default -> ".<name>";
        };
    }

    private static Class<?> valueRecord(Type type, int argument) {
        boolean fits =
                type instanceof ParameterizedType parameterized
                        && parameterized.getActualTypeArguments().length == argument + 1
                        && parameterized.getActualTypeArguments()[argument] instanceof Class<?> c
                        && c.isRecord();
        return fits
                ? (Class<?>) ((ParameterizedType) type).getActualTypeArguments()[argument]
                : null;
    }

    private static String defaultOf(Class<?> type, RecordComponent component) {
        var parameters = type.getDeclaredConstructors()[0].getParameters();
        for (var parameter : parameters) {
            if (parameter.getName().equals(component.getName())) {
                DefaultValue value = parameter.getAnnotation(DefaultValue.class);
                return value == null ? "" : String.join(",", value.value());
            }
        }
        throw new AssertionError("no constructor parameter " + component.getName());
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
    }

    private static Map<String, Matcher> rows() throws IOException {
        Map<String, Matcher> rows = new TreeMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                assertThat(rows.put(row.group(1), row)).as("%s twice", row.group(1)).isNull();
            }
        }
        return rows;
    }

    @Test
    void page_settings_areThoseTheProgramReads() throws IOException {
        assertThat(rows().keySet()).containsExactlyElementsOf(settings().keySet());
    }

    @Test
    void page_defaults_areThoseTheBinderUses() throws IOException {
        Map<String, Matcher> rows = rows();
        List<String> wrong = new ArrayList<>();
        settings()
                .forEach(
                        (path, value) -> {
                            String told = rows.get(path).group(2).trim();
                            boolean literal =
                                    told.matches("`[^`]+`") && !told.startsWith("`sluice.");
                            String stated = literal ? told.substring(1, told.length() - 1) : "";
                            if (!stated.equals(value)) {
                                wrong.add(path + ": page " + told + ", program '" + value + "'");
                            }
                        });
        assertThat(wrong).isEmpty();
    }

    @Test
    void metadata_everySettingOutsideMaps_isThereWithADescription() throws IOException {
        Map<String, String> described = new TreeMap<>();
        // Beside the classes: the tests have a file of the same name.
        String classes =
                SluiceProperties.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath();
        try (InputStream in =
                Files.newInputStream(
                        Path.of(classes, "META-INF/spring-configuration-metadata.json"))) {
            for (JsonNode property : JsonMapper.builder().build().readTree(in).get("properties")) {
                described.put(
                        property.get("name").asString(), property.path("description").asString(""));
            }
        }
        Collection<String> outsideMaps =
                settings().keySet().stream()
                        .filter(path -> !path.contains("<") && !path.contains("[]"))
                        .toList();
        assertThat(described.keySet()).containsAll(outsideMaps);
        assertThat(outsideMaps).allSatisfy(path -> assertThat(described.get(path)).isNotBlank());
    }

    @Test
    void yamlBlocks_ofEveryPage_bindWithoutALeftover() throws IOException {
        int blocks = 0;
        List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
        try (var docs = Files.list(Path.of("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        for (Path page : pages) {
            Matcher yaml = YAML.matcher(Files.readString(page));
            while (yaml.find()) {
                bind(page, yaml.group(1));
                blocks++;
            }
        }
        assertThat(blocks).isPositive();
    }

    private static void bind(Path page, String yaml) throws IOException {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .forEach(s -> environment.getPropertySources().remove(s.getName()));
        new YamlPropertySourceLoader()
                .load(page.toString(), new ByteArrayResource(yaml.getBytes()))
                .forEach(environment.getPropertySources()::addLast);
        ConfigurationPropertySources.attach(environment);
        bind(environment, "sluice", Bindable.of(SluiceProperties.class));
        String gateway = "spring.cloud.gateway.server.webflux.";
        bind(environment, gateway + "routes", Bindable.listOf(RouteDefinition.class));
        bind(environment, gateway + "default-filters", Bindable.listOf(FilterDefinition.class));
    }

    private static void bind(StandardEnvironment environment, String name, Bindable<?> type) {
        Binder.get(environment)
                .bind(
                        name,
                        type,
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT, source -> true));
    }
}
