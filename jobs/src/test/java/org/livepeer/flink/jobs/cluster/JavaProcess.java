package org.livepeer.flink.jobs.cluster;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One JVM that can be killed and started again with the same command line. */
final class JavaProcess {
    private static final int TAIL_BYTES = 3000;

    private final String name;
    private final Path folder;
    private final List<String> command;
    private final Map<String, String> environment;
    private @Nullable Process process;
    private long logStart;

    JavaProcess(String name, Path folder, List<String> command, Map<String, String> environment) {
        this.name = name;
        this.folder = folder;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
    }

    synchronized void start() {
        if (isAlive()) {
            throw new IllegalStateException(name + " runs already, with pid " + pid());
        }
        try {
            Files.createDirectories(folder);
            logStart = Files.exists(log()) ? Files.size(log()) : 0;
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name + " in " + folder, e);
        }
    }

    synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    synchronized long pid() {
        return running().pid();
    }

    synchronized int exitCode() {
        return running().exitValue();
    }

    /** SIGKILL, and waits until the process is gone. */
    void kill9() {
        Process victim = running();
        victim.destroyForcibly();
        await(victim, 20);
    }

    /** SIGTERM; SIGKILL when that has no effect within 20 s. */
    void stop() {
        Process victim = running();
        victim.destroy();
        if (!await(victim, 20)) {
            victim.destroyForcibly();
            await(victim, 20);
        }
    }

    /** SIGKILL without a wait; nothing when it never ran. */
    synchronized void destroy() {
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** Waits up to 20 s; not at all when it never ran. */
    void awaitExit() {
        Process ending;
        synchronized (this) {
            ending = process;
        }
        if (ending != null) {
            await(ending, 20);
        }
    }

    Path log() {
        return folder.resolve(name + ".log");
    }

    /** What it has written since its last start. */
    synchronized String output() {
        try (RandomAccessFile file = new RandomAccessFile(log().toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.max(0, file.length() - logStart)];
            file.seek(logStart);
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the log of " + name, e);
        }
    }

    String tail() {
        String output = output();
        return output.substring(Math.max(0, output.length() - TAIL_BYTES));
    }

    private synchronized Process running() {
        if (process == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return process;
    }

    private static boolean await(Process process, int seconds) {
        try {
            return process.waitFor(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
