package io.sluice.upstream;

/** One line of a watch on EndpointSlices. Resource versions are opaque: handed back, never read. */
public sealed interface SliceEvent {

    /** A slice that is new, or another than before. */
    record Put(EndpointSlice slice, String resourceVersion) implements SliceEvent {}

    record Removed(String name, String resourceVersion) implements SliceEvent {}

    /** Nothing has changed up to this version. */
    record Bookmark(String resourceVersion) implements SliceEvent {}

    /** The server no longer knows what came after our version (410 Gone): list again. */
    record Expired() implements SliceEvent {}

    /**
     * The server gave the watch up.
     *
     * @param reason in words, for the log
     */
    record Failed(String reason) implements SliceEvent {}
}
