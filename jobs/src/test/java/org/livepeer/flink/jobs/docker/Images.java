package org.livepeer.flink.jobs.docker;

import java.nio.file.Files;
import java.nio.file.Path;
import org.testcontainers.images.builder.ImageFromDockerfile;

/**
 * The images of {@code docker}, built on one Java image: {@code -Dlivepeer.docker.base=…} takes
 * another than the Dockerfiles do.
 */
final class Images {
    private static final String BASE =
            System.getProperty("livepeer.docker.base", "eclipse-temurin:17-jre");
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Images() {}

    /** Skips the test where there is no engine or no Java image. */
    static void assume() {
        Engine.assumeImage(
                BASE,
                "name an image with a Java 17 runtime, glibc and bash with"
                        + " -Dlivepeer.docker.base=IMAGE; docker/README.md says how to make one");
    }

    static String livepeer() {
        return build("livepeer.Dockerfile", "jobs/target/livepeer");
    }

    static String flink() {
        return build(
                "flink-jre.Dockerfile",
                "jobs/processes/flink/target/lib",
                "jobs/target/orchestrator-job.jar",
                "flink-conf",
                "docker/flink-entrypoint.sh");
    }

    static String kafka() {
        return build(
                "kafka-jre.Dockerfile",
                "jobs/processes/kafka/target/lib",
                "flink-conf/log4j-console.properties",
                "docker/kafka-run.sh");
    }

    /** Builds, and answers the image's name. It is deleted when this JVM ends. */
    private static String build(String dockerfile, String... copied) {
        ImageFromDockerfile image =
                new ImageFromDockerfile()
                        .withBuildArg("BASE", BASE)
                        .withFileFromPath("Dockerfile", ROOT.resolve("docker").resolve(dockerfile));
        for (String path : copied) {
            Path file = ROOT.resolve(path);
            if (!Files.exists(file)) {
                throw new IllegalStateException(
                        "no " + file + ": run `mvn -DskipTests package` in " + ROOT);
            }
            image.withFileFromPath(path, file);
        }
        return image.get();
    }
}
