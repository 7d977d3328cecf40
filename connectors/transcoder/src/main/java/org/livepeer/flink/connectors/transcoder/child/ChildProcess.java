package org.livepeer.flink.connectors.transcoder.child;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One child JVM. Calls come one at a time from one thread; {@link #kill} may come from any. Its
 * directory goes with it.
 */
final class ChildProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int KILLED = 128 + 9;
    private static final int TERMINATED = 128 + 15;

    private final Process process;
    private final Path dir;
    private final DataOutputStream out;
    private final DataInputStream in;
    private volatile String lastLine = "";
    private int calls;

    /** Starts the process and waits until it takes tasks. */
    static ChildProcess start(LibavOptions options, Path dir) throws IOException {
        Files.createDirectories(dir);
        ChildProcess child = new ChildProcess(options, dir);
        try {
            if (!(Frames.readReply(child.in) instanceof Task.Ready)) {
                throw new IOException("it did not say that it is ready");
            }
            return child;
        } catch (IOException e) {
            String said = child.lastLine();
            child.close();
            throw new IOException("a transcoding process did not start: " + said, e);
        }
    }

    private ChildProcess(LibavOptions options, Path dir) throws IOException {
        this.dir = dir;
        ProcessBuilder builder = new ProcessBuilder(command(options, dir));
        // What a job has freed goes back to the system at once: else a child holds the most that
        // any job of its life needed.
        builder.environment().put("MALLOC_ARENA_MAX", "1");
        builder.environment().put("MALLOC_MMAP_THRESHOLD_", "131072");
        process = builder.start();
        out =
                new DataOutputStream(
                        new BufferedOutputStream(process.getOutputStream(), BUFFER_BYTES));
        in = new DataInputStream(new BufferedInputStream(process.getInputStream(), BUFFER_BYTES));
        Thread reader = new Thread(this::readErrors, "child-" + process.pid() + "-stderr");
        reader.setDaemon(true);
        reader.start();
    }

    private static List<String> command(LibavOptions options, Path dir) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-Xmx" + options.heapMb() + "m",
                        // The heap holds a segment or two: the rest of the memory is libav's.
                        "-Xms16m",
                        "-Xmn8m",
                        "-XX:MinHeapFreeRatio=10",
                        "-XX:MaxHeapFreeRatio=20",
                        "-Xss512k",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:-UsePerfData",
                        "-XX:+DisplayVMOutputToStderr",
                        "-XX:ErrorFile=" + dir.resolve("hs_err.log"),
                        "-Djava.io.tmpdir=" + dir,
                        "-Dorg.bytedeco.javacpp.cachedir=" + options.nativeCacheDir(),
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-Dorg.bytedeco.javacpp.maxBytes=0",
                        "-cp",
                        options.classPath(),
                        options.childMain()));
        command.addAll(Arrays.asList(ChildMain.arguments(options, dir)));
        return command;
    }

    private void readErrors() {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = reader.readLine()) != null) {
                if (!line.isBlank()) {
                    lastLine = line;
                    LOG.debug("child={} {}", process.pid(), line);
                }
            }
        } catch (IOException e) {
            LOG.trace("child={} stderr closed", process.pid());
        }
    }

    /**
     * Does one task. Blocks.
     *
     * @throws IOException when the process died on it
     */
    Task.Reply call(Task task) throws IOException {
        calls++;
        Frames.write(out, task);
        return Frames.readReply(in);
    }

    /** Tasks given so far. */
    int calls() {
        return calls;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it was ended by a signal from outside and not by a fault of its own. */
    boolean wasKilled() {
        return !process.isAlive()
                && (process.exitValue() == KILLED || process.exitValue() == TERMINATED);
    }

    /** Resident memory in MiB, 0 when it cannot be told. */
    long residentMb() {
        try {
            String[] pages = Files.readString(Path.of("/proc/" + pid() + "/statm")).split(" ");
            return Long.parseLong(pages[1]) * 4096 >> 20;
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    /** How it ended, for a person: exit code and, after a native crash, where. */
    String epitaph() {
        try {
            process.waitFor(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        String exit = process.isAlive() ? "still running" : "exit code " + process.exitValue();
        try (Stream<String> lines = Files.lines(dir.resolve("hs_err.log"))) {
            return exit
                    + ", "
                    + lines.filter(line -> line.startsWith("# C  ") || line.contains("SIG"))
                            .limit(2)
                            .map(line -> line.substring(1).strip())
                            .toList();
        } catch (IOException | RuntimeException e) {
            return exit;
        }
    }

    private String lastLine() {
        String how = epitaph();
        return lastLine.isEmpty() ? how : how + ", " + lastLine;
    }

    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Folders.delete(dir);
    }
}
