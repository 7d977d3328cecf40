package org.livepeer.flink.connectors.transcoder.child;

import java.nio.file.Path;
import java.util.List;
import org.livepeer.flink.connectors.transcoder.engine.EngineLimits;

/**
 * Settings of {@link LibavTranscoder}.
 *
 * @param slots child processes, and so segments transcoded at the same time; at least 1
 * @param preset x264 and x265 preset, from ultrafast (cheapest) to veryslow
 * @param threads encoder threads of one rendition; at least 1
 * @param heapMb Java heap of a child in MiB
 * @param nativeCacheDir where the native libraries are unpacked once
 * @param tempDir where children keep their files; a child's are deleted with it
 * @param classPath class path of the children
 * @param jobsPerChild jobs after which a child is replaced
 * @param maxRssMb resident memory in MiB above which a child is replaced after its job
 * @param limits what one job may cost
 * @param childMain main class of the children
 */
public record LibavOptions(
        int slots,
        String preset,
        int threads,
        int heapMb,
        Path nativeCacheDir,
        Path tempDir,
        String classPath,
        int jobsPerChild,
        int maxRssMb,
        EngineLimits limits,
        String childMain) {
    /** Presets from cheapest to dearest. */
    public static final List<String> PRESETS =
            List.of(
                    "ultrafast",
                    "superfast",
                    "veryfast",
                    "faster",
                    "fast",
                    "medium",
                    "slow",
                    "slower",
                    "veryslow");

    /** The preset that is taken when none is named; the module's README has the numbers. */
    public static final String DEFAULT_PRESET = "superfast";

    public LibavOptions {
        atLeast("slots", slots, 1);
        atLeast("threads", threads, 1);
        atLeast("heapMb", heapMb, 64);
        atLeast("jobsPerChild", jobsPerChild, 1);
        atLeast("maxRssMb", maxRssMb, 256);
        if (!PRESETS.contains(preset)) {
            throw new IllegalArgumentException(
                    "preset '" + preset + "' is not known: use one of " + PRESETS);
        }
    }

    /**
     * One encoder thread per rendition, the class path of this process, everything under one
     * directory.
     */
    public static LibavOptions defaults(int slots, Path workDir) {
        return new LibavOptions(
                slots,
                DEFAULT_PRESET,
                1,
                512,
                workDir.resolve("native"),
                workDir.resolve("children"),
                System.getProperty("java.class.path", ""),
                1000,
                2048,
                EngineLimits.defaults(),
                "org.livepeer.flink.connectors.transcoder.child.ChildMain");
    }

    public LibavOptions withPreset(String other) {
        return new LibavOptions(
                slots,
                other,
                threads,
                heapMb,
                nativeCacheDir,
                tempDir,
                classPath,
                jobsPerChild,
                maxRssMb,
                limits,
                childMain);
    }

    public LibavOptions withThreads(int count) {
        return new LibavOptions(
                slots,
                preset,
                count,
                heapMb,
                nativeCacheDir,
                tempDir,
                classPath,
                jobsPerChild,
                maxRssMb,
                limits,
                childMain);
    }

    public LibavOptions withNativeCacheDir(Path dir) {
        return new LibavOptions(
                slots,
                preset,
                threads,
                heapMb,
                dir,
                tempDir,
                classPath,
                jobsPerChild,
                maxRssMb,
                limits,
                childMain);
    }

    public LibavOptions withJobsPerChild(int jobs) {
        return new LibavOptions(
                slots,
                preset,
                threads,
                heapMb,
                nativeCacheDir,
                tempDir,
                classPath,
                jobs,
                maxRssMb,
                limits,
                childMain);
    }

    public LibavOptions withChildMain(String mainClass) {
        return new LibavOptions(
                slots,
                preset,
                threads,
                heapMb,
                nativeCacheDir,
                tempDir,
                classPath,
                jobsPerChild,
                maxRssMb,
                limits,
                mainClass);
    }

    private static void atLeast(String key, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(key + " " + value + ": must be at least " + least);
        }
    }
}
