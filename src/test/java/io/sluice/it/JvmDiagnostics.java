package io.sluice.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code jcmd} tells of another JVM of this user. */
public final class JvmDiagnostics {

    /** An option for the other JVM; without it {@link #memoryBytes} cannot tell. */
    static final String TRACKING = "-XX:NativeMemoryTracking=summary";

    /** The lines of every collector for the heap, young and old alike. */
    private static final Pattern HEAP =
            Pattern.compile(
                    "^ *(?:def new|tenured|garbage-first|PSYoungGen|ParOldGen).*used (\\d+)K",
                    Pattern.MULTILINE);

    /** Memory that {@code Unsafe} and direct buffers took, under the name that the JVM gives it. */
    private static final Pattern OTHER = Pattern.compile("- +Other \\(.*committed=(\\d+)KB\\)");

    private final long pid;

    public JvmDiagnostics(long pid) {
        this.pid = pid;
    }

    /** The output of one command; throws if jcmd fails. */
    String run(String... command) {
        List<String> all = new ArrayList<>();
        all.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        all.add(Long.toString(pid));
        all.addAll(List.of(command));
        try {
            Process jcmd = new ProcessBuilder(all).redirectErrorStream(true).start();
            String output =
                    new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (jcmd.waitFor() != 0) {
                throw new IllegalStateException(all + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A full collection, ended when this returns. */
    public void collect() {
        run("GC.run");
    }

    /** The live heap after a full collection, and the memory of direct buffers. */
    long memoryBytes() {
        return liveHeapBytes() + sum(OTHER, run("VM.native_memory", "summary"));
    }

    /** What of the heap is in use after a full collection. */
    long liveHeapBytes() {
        collect();
        return sum(HEAP, run("GC.heap_info"));
    }

    private static long sum(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        long kibibytes = 0;
        boolean found = false;
        while (matcher.find()) {
            kibibytes += Long.parseLong(matcher.group(1));
            found = true;
        }
        if (!found) {
            throw new IllegalStateException("no " + pattern + " in\n" + text);
        }
        return kibibytes * 1024;
    }
}
