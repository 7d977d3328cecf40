package org.livepeer.flink.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the house's directions: jobs, connectors, operators, schemas, and none back. */
class DirectionsTest {
    private static final String ROOT = "org.livepeer.flink";
    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages(ROOT);
    }

    @Test
    void schemasKnowNobody() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".schemas..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".operators..", ROOT + ".connectors..", ROOT + ".jobs..")
                .check(classes);
    }

    @Test
    void operatorsKnowNoAdapterAndDoNoInputOrOutput() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".operators..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + ".connectors..",
                        ROOT + ".jobs..",
                        "org.apache.kafka..",
                        "org.bytedeco..",
                        "io.grpc..",
                        "java.net..",
                        "java.nio.channels..")
                .check(classes);
        // But for the library of the curve, which has to be unpacked before it can be loaded.
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".operators..")
                .and()
                .haveNameNotMatching(".*\\.NativeCurve(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.Files")
                .check(classes);
    }

    @Test
    void connectorsDoNotKnowJobs() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".connectors..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".jobs..")
                .check(classes);
    }

    @Test
    void onlyTheTranscoderTouchesTheCodec() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        ROOT + ".connectors.transcoder.engine..",
                        ROOT + ".connectors.transcoder.media..",
                        ROOT + ".connectors.transcoder.child..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(classes);
    }

    /** What the job needs of the transcoder's module has no HTTP client with it. */
    @Test
    void onlyTheEdgeAndWhatFacesTheNetworksOwnNodesSpeakHttp() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        ROOT + ".connectors.edge..",
                        ROOT + ".connectors.gateway..",
                        ROOT + ".connectors.transcoder.remote..",
                        ROOT + ".connectors.transcoder.registered..",
                        ROOT + ".jobs.node..",
                        ROOT + ".jobs.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.linecorp.armeria..")
                .check(classes);
    }

    @Test
    void modulesAreNotTangled() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(classes);
        slices().matching(ROOT + ".connectors.(*)..").should().beFreeOfCycles().check(classes);
    }
}
