package org.livepeer.flink.connectors.transcoder.child;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an earlier start found out, for a day, on the same libraries, processor and settings: a
 * worker that was killed is back in two seconds instead of eight.
 */
final class ProbeMemory {
    private static final Logger LOG = LoggerFactory.getLogger(ProbeMemory.class);
    private static final Duration GOOD_FOR = Duration.ofHours(24);

    private final Path file;
    private final String key;
    private final Clock clock;

    ProbeMemory(Path file, LibavOptions options, Clock clock) {
        this.file = file;
        this.key = key(options);
        this.clock = clock;
    }

    private static String key(LibavOptions options) {
        String libraries =
                Arrays.stream(options.classPath().split(java.io.File.pathSeparator))
                        .map(entry -> Path.of(entry).getFileName())
                        .map(String::valueOf)
                        .sorted()
                        .collect(Collectors.joining(","));
        return String.join(
                "|",
                options.preset(),
                Integer.toString(options.slots()),
                Integer.toString(options.threads()),
                Integer.toString(Runtime.getRuntime().availableProcessors()),
                processor(),
                Integer.toHexString(libraries.hashCode()));
    }

    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.replaceFirst("[^:]*:\\s*", ""))
                    .orElse("");
        } catch (IOException | RuntimeException e) {
            return "";
        }
    }

    /** What was found lately under the same conditions. */
    Optional<EngineProbe> recall() {
        Properties found = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            found.load(in);
            long age = clock.millis() - Long.parseLong(found.getProperty("atMs", ""));
            long pixels = Long.parseLong(found.getProperty("pixelsPerSecond", ""));
            List<String> capabilities =
                    List.of(found.getProperty("capabilities", "").strip().split("\\s+"));
            boolean good =
                    key.equals(found.getProperty("key"))
                            && age >= 0
                            && age < GOOD_FOR.toMillis()
                            && pixels > 0;
            return good ? Optional.of(new EngineProbe(capabilities, pixels)) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            LOG.debug("no probe is remembered file={} cause={}", file, e.toString());
            return Optional.empty();
        }
    }

    /** Keeps what was found; a failure to do so costs the next start a probe. */
    void keep(EngineProbe probe) {
        Properties found = new Properties();
        found.setProperty("key", key);
        found.setProperty("atMs", Long.toString(clock.millis()));
        found.setProperty("capabilities", String.join(" ", probe.capabilities()));
        found.setProperty("pixelsPerSecond", Long.toString(probe.pixelsPerSecond()));
        Path written = file.resolveSibling(file.getFileName() + ".new");
        try {
            try (OutputStream out = Files.newOutputStream(written)) {
                found.store(out, null);
            }
            Files.move(
                    written,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn(
                    "what the engine can do is not remembered file={} cause={}",
                    file,
                    e.toString());
        }
    }
}
