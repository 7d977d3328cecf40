package org.livepeer.flink.connectors.transcoder.worker;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/**
 * What a worker process is told.
 *
 * @param workerId name in the cluster; null takes the one kept in dataDir, made on first start
 * @param bindAddress address that the gRPC service listens on
 * @param host name or address under which the job reaches this machine; also says who is co-located
 * @param port port of the gRPC service, 0 for any free one
 * @param slots requests worked on at the same time
 * @param queue requests that may wait beyond those
 * @param maxSessions most sessions it takes
 * @param capabilities found by test transcodes, for the heartbeat
 * @param devices such as cpu:2, for the heartbeat
 * @param capacityPixelsPerSecond measured encoded pixels per second, for the heartbeat
 * @param engine does the work; closed with the worker
 * @param store segment store shared with the job, null when there is none
 * @param maxInlineAnswerBytes renditions of more bytes in sum go to the store
 * @param dataDir the worker's own directory: id, kept answers, large media while it is worked on
 * @param keepFor how long an answer is kept
 * @param keepBytes most bytes of kept answers; the oldest go first
 * @param secret what the job and the workers share
 * @param heartbeats takes a sign of life each second, on a thread of its own
 * @param drainLimit how long closing waits for running work
 * @param meters where it counts
 * @param clock for times in heartbeats and of kept answers
 */
public record WorkerOptions(
        @Nullable String workerId,
        String bindAddress,
        String host,
        int port,
        int slots,
        int queue,
        int maxSessions,
        List<String> capabilities,
        List<String> devices,
        long capacityPixelsPerSecond,
        Transcoder engine,
        @Nullable SegmentStore store,
        long maxInlineAnswerBytes,
        Path dataDir,
        Duration keepFor,
        long keepBytes,
        ClusterSecret secret,
        Consumer<WorkerHeartbeat> heartbeats,
        Duration drainLimit,
        MeterRegistry meters,
        Clock clock) {

    public WorkerOptions {
        require(port >= 0 && port <= 65535, "port", port, "0 to 65535");
        require(slots >= 1, "slots", slots, "1 or more");
        require(queue >= 0, "queue", queue, "0 or more");
        require(maxSessions >= 1, "maxSessions", maxSessions, "1 or more");
        require(
                maxInlineAnswerBytes >= 1,
                "maxInlineAnswerBytes",
                maxInlineAnswerBytes,
                "1 or more");
        require(keepBytes >= 0, "keepBytes", keepBytes, "0 or more");
        require(!keepFor.isNegative(), "keepFor", keepFor, "0 or more");
        require(
                workerId == null || workerId.matches("[A-Za-z0-9._-]{1,128}"),
                "workerId",
                String.valueOf(workerId),
                "1 to 128 characters of A-Z a-z 0-9 . _ -");
        capabilities = List.copyOf(capabilities);
        devices = List.copyOf(devices);
    }

    /** Options with the defaults: loopback, any port, one slot, a queue of twice the slots. */
    public static WorkerOptionsBuilder builder(
            Transcoder engine, ClusterSecret secret, Path dataDir) {
        return new WorkerOptionsBuilder(engine, secret, dataDir);
    }

    private static void require(boolean holds, String key, Object value, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "worker option " + key + " is " + value + ", it must be " + rule);
        }
    }
}
