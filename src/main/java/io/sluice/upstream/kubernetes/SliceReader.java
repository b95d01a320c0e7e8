package io.sluice.upstream.kubernetes;

import io.sluice.upstream.EndpointSlice;
import io.sluice.upstream.EndpointSlice.Entry;
import io.sluice.upstream.EndpointSlice.Family;
import io.sluice.upstream.EndpointSlice.Port;
import io.sluice.upstream.SliceEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads {@code discovery.k8s.io/v1} JSON. Stateless; fields it does not know are passed over. */
final class SliceReader {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int GONE = 410;
    private static final int LONGEST_MESSAGE = 300;

    /** A list's answer. */
    record SliceList(List<EndpointSlice> slices, String resourceVersion) {}

    private SliceReader() {}

    /**
     * @throws UnreadableException for anything but an EndpointSliceList
     */
    static SliceList list(byte[] json) {
        JsonNode root = tree(json);
        JsonNode items = root.path("items");
        // A list without any item is written with null by some servers.
        if (!items.isArray() && !items.isNull()) {
            throw new UnreadableException("a list without items");
        }
        List<EndpointSlice> slices = new ArrayList<>();
        for (JsonNode item : items) {
            slices.add(slice(item));
        }
        return new SliceList(slices, version(root));
    }

    /**
     * @throws UnreadableException for anything but an event of a watch
     */
    static SliceEvent event(byte[] line) {
        JsonNode root = tree(line);
        JsonNode object = root.path("object");
        String type = root.path("type").asString("");
        return switch (type) {
            case "ADDED", "MODIFIED" -> new SliceEvent.Put(slice(object), version(object));
            case "DELETED" -> new SliceEvent.Removed(name(object), version(object));
            case "BOOKMARK" -> new SliceEvent.Bookmark(version(object));
            case "ERROR" ->
                    object.path("code").asInt(0) == GONE
                            ? new SliceEvent.Expired()
                            : new SliceEvent.Failed(message(object));
            default -> throw new UnreadableException("an event of type '" + type + "'");
        };
    }

    /** The message of a Status, made short; empty for anything else. */
    static String message(byte[] json) {
        try {
            return message(tree(json));
        } catch (UnreadableException e) {
            return "";
        }
    }

    private static String message(JsonNode status) {
        String text = status.path("message").asString("").replaceAll("\\p{Cntrl}", " ");
        return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + "…";
    }

    private static JsonNode tree(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (JacksonException e) {
            throw new UnreadableException("no JSON: " + e.getOriginalMessage());
        }
    }

    private static EndpointSlice slice(JsonNode slice) {
        List<Port> ports = new ArrayList<>();
        for (JsonNode port : slice.path("ports")) {
            if (port.path("protocol").asString("TCP").equals("TCP")) {
                JsonNode number = port.path("port");
                ports.add(new Port(text(port, "name"), number.isInt() ? number.asInt() : null));
            }
        }
        List<Entry> entries = new ArrayList<>();
        for (JsonNode endpoint : slice.path("endpoints")) {
            String address = endpoint.path("addresses").path(0).asString("");
            if (!address.isEmpty()) {
                entries.add(entry(address, endpoint));
            }
        }
        return new EndpointSlice(name(slice), family(slice), ports, entries);
    }

    private static Entry entry(String address, JsonNode endpoint) {
        JsonNode conditions = endpoint.path("conditions");
        return new Entry(
                address,
                flag(conditions, "ready"),
                flag(conditions, "serving"),
                flag(conditions, "terminating"),
                text(endpoint, "zone"),
                text(endpoint.path("targetRef"), "name"));
    }

    private static Family family(JsonNode slice) {
        String type = slice.path("addressType").asString("");
        return switch (type) {
            case "IPv4" -> Family.IPV4;
            case "IPv6" -> Family.IPV6;
            case "FQDN" -> Family.FQDN;
            default -> throw new UnreadableException("a slice with addressType '" + type + "'");
        };
    }

    private static @Nullable Boolean flag(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isBoolean() ? value.asBoolean() : null;
    }

    private static @Nullable String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isString() && !value.asString().isEmpty() ? value.asString() : null;
    }

    private static String name(JsonNode object) {
        return required(object.path("metadata").path("name"), "name");
    }

    private static String version(JsonNode object) {
        return required(object.path("metadata").path("resourceVersion"), "resourceVersion");
    }

    private static String required(JsonNode value, String name) {
        String text = value.asString("");
        if (text.isEmpty()) {
            throw new UnreadableException("an object without metadata." + name);
        }
        return text;
    }
}
