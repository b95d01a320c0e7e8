package io.sluice;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The architecture page as rules; {@code docs/overview.md} says the same in words. */
class ArchitectureTest {

    private static final String[] CORES = {
        "io.sluice.settings",
        "io.sluice.upstream",
        "io.sluice.balance",
        "io.sluice.health",
        "io.sluice.ratelimit",
        "io.sluice.auth",
        "io.sluice.edge",
        "io.sluice.proxy",
        "io.sluice.lifecycle",
        "io.sluice.routing",
        "io.sluice.observe",
        "io.sluice.reload",
        "io.sluice.explain",
        "io.sluice.check",
        "io.sluice.console",
        "io.sluice.problem"
    };

    private static JavaClasses sluice;

    @BeforeAll
    static void read() {
        sluice =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.sluice");
    }

    @Test
    void cores_dependOnFrameworks_never() {
        noClasses()
                .that(resideInAnyPackage(CORES))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "org.springframework..",
                                "reactor..",
                                "org.reactivestreams..",
                                "io.netty..",
                                "io.lettuce..",
                                "io.micrometer..",
                                "tools.jackson..",
                                "com.fasterxml.."))
                .because("decisions live in plain Java; an adapter that holds one is a bug")
                .check(sluice);
    }

    @Test
    void cores_useTheJdkAndOneNamedLibrary_only() {
        onlyUses("io.sluice.auth", "com.nimbusds..");
        onlyUses("io.sluice.ratelimit", "com.github.benmanes.caffeine..");
        for (String core : CORES) {
            if (!core.endsWith(".auth") && !core.endsWith(".ratelimit")) {
                onlyUses(core, "java..");
            }
        }
    }

    private static void onlyUses(String core, String library) {
        classes()
                .that()
                .resideInAPackage(core)
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(
                                "java..", "javax..", "org.jspecify..", "io.sluice..", library))
                .because("a core names one library at most")
                .check(sluice);
    }

    @Test
    void arrowsBetweenCores_areTheOnesDrawn() {
        for (String core : CORES) {
            String[] others =
                    java.util.Arrays.stream(CORES)
                            .filter(other -> !other.equals(core))
                            .filter(other -> !other.equals("io.sluice.settings"))
                            .filter(other -> !drawn(core, other))
                            .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(core)
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(others))
                    .because("features meet in adapters and in pipeline, not in each other's cores")
                    .check(sluice);
        }
    }

    private static boolean drawn(String from, String to) {
        return to.equals("io.sluice.upstream")
                && (from.equals("io.sluice.balance") || from.equals("io.sluice.health"));
    }

    @Test
    void cores_readTheClockOrDice_never() {
        noClasses()
                .that(resideInAnyPackage(CORES))
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(ThreadLocalRandom.class, "current")
                .orShould()
                .callConstructor(Random.class)
                .because("every algorithm runs bit for bit under a seed and a manual clock")
                .check(sluice);
    }

    @Test
    void packages_formNoCycle() {
        slices().matching("io.sluice.(**)")
                .should()
                .beFreeOfCycles()
                .because("a feature can be taken away")
                .check(sluice);
    }

    @Test
    void pipeline_knowsAdapters_never() {
        noClasses()
                .that()
                .resideInAPackage("io.sluice.pipeline")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.sluice..spring..",
                        "io.sluice..redis..",
                        "io.sluice.upstream.dns..",
                        "io.sluice.upstream.kubernetes..")
                .because("filters take their order from the pipeline, not the other way round")
                .check(sluice);
    }

    @Test
    void rootPackage_isKnownToNobody() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.sluice")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.sluice")
                .because("the root wires features together; none may reach back")
                .check(sluice);
    }

    @Test
    void lambdasAndCallbacks_sleepNever() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .because("nothing on an event loop may wait")
                .check(sluice);
    }
}
