package org.livepeer.flink.jobs.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.Compacted;
import org.livepeer.flink.jobs.orchestrator.SavedState;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.SessionEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows sessions and the capacity that they lease. */
@Command(name = "sessions", description = "Sessions: worker, leased pixels per second, segments.")
final class SessionsCommand implements Callable<Integer> {
    @Mixin Connection connection = new Connection();
    @Mixin Format format = new Format();

    @Parameters(arity = "0..1", paramLabel = "MANIFEST", description = "only of this stream")
    @Nullable String manifest;

    @Option(
            names = {"-savepoint", "--savepoint"},
            paramLabel = "PATH",
            description = "read the state of a savepoint or checkpoint instead of the live one")
    @Nullable String savepoint;

    @Override
    public Integer call() throws Exception {
        List<List<String>> rows = new ArrayList<>();
        if (savepoint != null) {
            for (Lease lease : SavedState.leases(savepoint)) {
                add(rows, lease, "");
            }
        } else {
            for (SessionEntry entry :
                    Compacted.read(connection.address(), Topics.SESSIONS, SessionEntry.class, null)
                            .values()) {
                add(rows, entry.getLease(), Integer.toString(entry.getInFlight()));
            }
        }
        format.print(
                List.of(
                        "manifest",
                        "account",
                        "worker",
                        "pixels/s",
                        "segments",
                        "failed",
                        "p50 ms",
                        "p99 ms",
                        "real time",
                        "in flight"),
                rows);
        return 0;
    }

    private void add(List<List<String>> rows, Lease lease, String inFlight) {
        if (manifest != null && !manifest.equals(lease.getManifestId())) {
            return;
        }
        List<Integer> latencies = lease.getRecentLatencyMs().stream().sorted().toList();
        rows.add(
                List.of(
                        lease.getManifestId(),
                        lease.getAccount(),
                        lease.getWorkerId(),
                        Long.toString(lease.getLoadPixelsPerSecond()),
                        Long.toString(lease.getSegments()),
                        Long.toString(lease.getFailures()),
                        percentile(latencies, 50),
                        percentile(latencies, 99),
                        lease.getPlayedMs() == 0
                                ? ""
                                : String.format(
                                        "%.2f", (double) lease.getWorkMs() / lease.getPlayedMs()),
                        inFlight));
    }

    private static String percentile(List<Integer> sorted, int percent) {
        if (sorted.isEmpty()) {
            return "";
        }
        int index = (int) Math.ceil(sorted.size() * percent / 100.0) - 1;
        return Integer.toString(sorted.get(Math.max(0, index)));
    }
}
