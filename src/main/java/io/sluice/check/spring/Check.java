package io.sluice.check.spring;

import io.sluice.check.Finding;
import io.sluice.check.RouteWarnings;
import io.sluice.reload.Refusal;
import io.sluice.reload.spring.Origins;
import io.sluice.reload.spring.Rehearsal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Looks a configuration over: what a start would refuse, and what is odd about the rest. */
public final class Check {

    private Check() {}

    /**
     * The findings, errors first.
     *
     * @param application whose start is rehearsed
     * @param files configuration files or directories with an {@code application.yml}, which make
     *     one configuration; the later win
     */
    public static List<Finding> of(Class<?> application, List<Path> files, Instant now) {
        String location = location(files);
        Finding refused = null;
        try (Rehearsal rehearsal = rehearse(application, files)) {
            Refusal refusal = rehearsal.refusal();
            if (refusal != null) {
                refused = refused(refusal);
            }
        }
        Written written = new Written(location);
        List<Finding> findings = new ArrayList<>(new References(written).findings(refused == null));
        findings.addAll(FormerNames.findings(written.environment()));
        findings.addAll(RouteWarnings.of(written.facts(), now));
        findings.addAll(new Guards(written).findings());
        List<Finding> placed =
                new ArrayList<>(findings.stream().map(one -> placed(one, written)).toList());
        if (refused != null && placed.stream().noneMatch(refused::saysTheSameAs)) {
            placed.add(0, refused);
        }
        return placed.stream().sorted((a, b) -> Boolean.compare(b.error(), a.error())).toList();
    }

    /** The start of a gateway with these files, and nothing of it begun. */
    public static Rehearsal rehearse(Class<?> application, List<Path> files) {
        return Rehearsal.of(
                application,
                List.of("--spring.config.location=" + location(files)),
                files.stream().map(file -> file.toAbsolutePath().toString()).toList());
    }

    private static String location(List<Path> files) {
        return files.stream()
                .map(file -> "file:" + file.toAbsolutePath() + (Files.isDirectory(file) ? "/" : ""))
                .collect(Collectors.joining(","));
    }

    private static Finding refused(Refusal refusal) {
        String value = refusal.value() == null ? "" : refusal.value() + " ";
        return new Finding(
                "refused",
                true,
                refusal.key(),
                value + "(" + refusal.reason() + ")",
                refusal.file(),
                refusal.line());
    }

    private static Finding placed(Finding finding, Written written) {
        if (finding.file() != null) {
            return finding;
        }
        Origins.Place place = Origins.of(written.environment(), finding.key());
        return finding.at(place.file(), place.line());
    }
}
