package org.livepeer.flink.connectors.transcoder.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory of processes.
 *
 * @param pssMb resident MiB, each shared page counted once
 * @param rssMb resident MiB, shared pages counted in every process that shares them
 */
record ProcessMemory(long pssMb, long rssMb) {
    static ProcessMemory of(List<Long> pids) {
        long pss = 0;
        long rss = 0;
        for (long pid : pids) {
            try {
                for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
                    pss += line.startsWith("Pss:") ? kilobytes(line) : 0;
                    rss += line.startsWith("Rss:") ? kilobytes(line) : 0;
                }
            } catch (IOException e) {
                // It has just ended.
                continue;
            }
        }
        return new ProcessMemory(pss >> 10, rss >> 10);
    }

    private static long kilobytes(String line) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }
}
