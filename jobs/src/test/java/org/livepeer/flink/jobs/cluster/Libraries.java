package org.livepeer.flink.jobs.cluster;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Where the class paths of the processes are: built by jobs/processes, or given by properties. */
final class Libraries {
    private Libraries() {}

    static Path flink() {
        return folder("livepeer.flink.lib", "flink");
    }

    static Path kafka() {
        return folder("livepeer.kafka.lib", "kafka");
    }

    /** flink-conf of the source tree. */
    static Path flinkConf() {
        return existing(
                module().resolve("../flink-conf").normalize(), "it is part of the source tree");
    }

    static String classpath(Path folder) {
        return folder + File.separator + "*";
    }

    static String classpath(Path... entries) {
        return Arrays.stream(entries)
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The jar or folder that a class of this JVM came from. */
    static Path of(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("cannot tell where " + type + " comes from", e);
        }
    }

    private static Path folder(String property, String name) {
        String given = System.getProperty(property);
        Path folder =
                given == null
                        ? module().resolve("processes/" + name + "/target/lib")
                        : Path.of(given);
        return existing(
                folder,
                "run `mvn process-resources -pl jobs/processes/"
                        + name
                        + "`, or give -D"
                        + property
                        + "=FOLDER");
    }

    private static Path existing(Path folder, String what) {
        if (!Files.isDirectory(folder)) {
            throw new IllegalStateException("no folder " + folder + ": " + what);
        }
        return folder;
    }

    private static Path module() {
        Path here = of(Libraries.class);
        try {
            for (Path p = here.toRealPath(); p != null; p = p.getParent()) {
                if (Files.exists(p.resolve("processes/flink/pom.xml"))) {
                    return p;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + here, e);
        }
        throw new IllegalStateException("no jobs/processes/flink/pom.xml above " + here);
    }
}
