package org.livepeer.flink.connectors.transcoder.child;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.livepeer.flink.connectors.transcoder.engine.EngineLimits;

/** One child process and the pipes to it. Used by one thread at a time; may be killed by any. */
final class Child {
    private static final int PAGE = 4096;

    private final Process process;
    private final Path folder;
    final DataInputStream in;
    final DataOutputStream out;
    private int jobs;

    private Child(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
        this.in = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
        this.out =
                new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16));
    }

    /** Starts a child and waits until it is ready. */
    static Child start(LibavOptions options) throws IOException {
        Files.createDirectories(options.tempDir());
        Files.createDirectories(options.nativeCacheDir());
        Path folder = Files.createTempDirectory(options.tempDir(), "child-");
        Process process =
                new ProcessBuilder(command(options, folder))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        Child child = new Child(process, folder);
        try {
            if (child.in.readUnsignedByte() != ChildProtocol.READY) {
                throw new IOException("the transcoding process did not say that it is ready");
            }
            return child;
        } catch (IOException e) {
            child.kill();
            throw new IOException(
                    "the transcoding process did not start (exit code "
                            + child.exitCode()
                            + "): see its error output above",
                    e);
        }
    }

    private static List<String> command(LibavOptions options, Path folder) {
        EngineLimits limits = options.limits();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-Xmx" + options.heapMb() + "m",
                        "-Xss512k",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Xshare:auto",
                        "-XX:ErrorFile=" + folder.resolve("crash.log"),
                        "-Djava.io.tmpdir=" + folder,
                        "-Dorg.bytedeco.javacpp.cachedir=" + options.nativeCacheDir(),
                        // Memory is bounded by the limits of a job and by recycling.
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-Dorg.bytedeco.javacpp.maxBytes=0"));
        if (Boolean.getBoolean(Faults.PROPERTY)) {
            command.add("-D" + Faults.PROPERTY + "=true");
        }
        command.addAll(
                List.of(
                        "-cp",
                        options.classPath(),
                        options.childMain(),
                        options.preset(),
                        Integer.toString(options.threads()),
                        folder.toString(),
                        Long.toString(limits.maxFramePixels()),
                        Long.toString(limits.maxDurationMs()),
                        Long.toString(limits.maxDecodedFrames()),
                        Integer.toString(limits.runawayFactor()),
                        Long.toString(limits.maxOutputBytes())));
        return command;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it did enough jobs or has grown too large. */
    boolean isWorn(LibavOptions options) {
        jobs++;
        return jobs >= options.jobsPerChild() || residentMb() > options.maxRssMb();
    }

    private long residentMb() {
        try {
            String[] parts = Files.readString(Path.of("/proc/" + pid() + "/statm")).split(" ");
            return Long.parseLong(parts[1]) * PAGE >> 20;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    /** Ends it at once and removes its files. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            // The next start of the worker clears the folder.
        }
    }

    String exitCode() {
        return process.isAlive() ? "none" : Integer.toString(process.exitValue());
    }
}
