package org.livepeer.flink.connectors.transcoder.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * CPU time, user and system, as the kernel counts it.
 *
 * @param self seconds of this process
 * @param running seconds of the children asked for
 * @param ended seconds of this process's children that have ended
 */
record CpuSeconds(double self, double running, double ended) {
    private static final int TICKS_PER_SECOND = 100;
    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final int CHILDREN_UTIME = 13;
    private static final int CHILDREN_STIME = 14;

    static CpuSeconds now(List<Long> children) throws IOException {
        double running = 0;
        for (long pid : children) {
            running += sum(Long.toString(pid), UTIME, STIME);
        }
        return new CpuSeconds(
                sum("self", UTIME, STIME), running, sum("self", CHILDREN_UTIME, CHILDREN_STIME));
    }

    private static double sum(String pid, int one, int other) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        // Field 3 is the first behind the name, which may hold anything.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[one]) + Long.parseLong(fields[other]))
                / (double) TICKS_PER_SECOND;
    }

    CpuSeconds minus(CpuSeconds before) {
        return new CpuSeconds(self - before.self, running - before.running, ended - before.ended);
    }
}
