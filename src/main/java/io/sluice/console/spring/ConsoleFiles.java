package io.sluice.console.spring;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;

/** The page and what it loads, from this jar and from its WebJar: these files and no others. */
final class ConsoleFiles {

    /**
     * A file.
     *
     * @param tag names its content, as an entity tag
     */
    record File(byte[] content, MediaType type, String tag) {}

    static final String PAGE = "index.html";

    private static final String OWN = "io/sluice/console/";
    private static final String OPEN = "name=\"sluice-access\" content=\"open\"";
    private static final String TOKEN = OPEN.replace("open", "token");
    private static final String CHARTS = "META-INF/maven/org.webjars.npm/uplot/pom.properties";
    private static final List<String> OWN_FILES =
            List.of(
                    PAGE,
                    "icon.svg",
                    "base.css",
                    "parts.css",
                    "app.js",
                    "feed.js",
                    "dom.js",
                    "charts.js",
                    "routes.js",
                    "topology.js",
                    "pictures.js",
                    "limits.js",
                    "status.js",
                    "explain.js",
                    "theme.js");
    private static final Map<String, MediaType> TYPES =
            Map.of(
                    "html", new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8),
                    "css", MediaType.parseMediaType("text/css;charset=utf-8"),
                    "js", MediaType.parseMediaType("text/javascript;charset=utf-8"),
                    "svg", MediaType.parseMediaType("image/svg+xml"));

    private final Map<String, File> files = new ConcurrentHashMap<>();
    private final Map<String, String> places;

    /**
     * @param guarded whether the stream asks for a token; the page then asks for it first
     */
    ConsoleFiles(boolean guarded) {
        places = new ConcurrentHashMap<>();
        OWN_FILES.forEach(name -> places.put(name, OWN + name));
        String charts = "META-INF/resources/webjars/uplot/" + chartsVersion() + "/dist/";
        places.put("uPlot.esm.js", charts + "uPlot.esm.js");
        places.put("uPlot.min.css", charts + "uPlot.min.css");
        if (guarded) {
            File page = read(PAGE, OWN + PAGE);
            String text = new String(page.content(), StandardCharsets.UTF_8);
            byte[] asking = text.replace(OPEN, TOKEN).getBytes(StandardCharsets.UTF_8);
            files.put(PAGE, new File(asking, page.type(), tag(asking)));
        }
    }

    /** The file of this name, or {@code null} where the page has none. Reads it the first time. */
    @Nullable File find(String name) {
        String place = places.get(name);
        return place == null ? null : files.computeIfAbsent(name, key -> read(key, place));
    }

    private static File read(String name, String place) {
        byte[] content = bytes(place);
        MediaType type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        return new File(
                content, type == null ? MediaType.APPLICATION_OCTET_STREAM : type, tag(content));
    }

    private static byte[] bytes(String place) {
        try (InputStream in = new ClassPathResource(place).getInputStream()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the console's file " + place + " is missing", e);
        }
    }

    private static String tag(byte[] content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
            return "\"" + HexFormat.of().formatHex(hash, 0, 12) + "\"";
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java runtime has SHA-256", impossible);
        }
    }

    private static String chartsVersion() {
        try (InputStream in = new ClassPathResource(CHARTS).getInputStream()) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException("the console's WebJar uplot is missing", e);
        }
    }
}
