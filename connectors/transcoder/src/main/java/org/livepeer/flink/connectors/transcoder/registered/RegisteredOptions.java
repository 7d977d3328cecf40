package org.livepeer.flink.connectors.transcoder.registered;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.connectors.transcoder.remote.OrchSecret;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/**
 * What an edge is told that takes go-livepeer's transcoders.
 *
 * @param secret what they must show, {@code -orchSecret}
 * @param sourceUri {@code https://HOST:PORT} under which they fetch sources: this edge's own
 *     address when others stand beside it behind one
 * @param host name or address under which the job reaches this process; also bound
 * @param dataDir for answers that are kept while a transcoder is registered; emptied at start
 * @param store segment store shared with the job, null when there is none
 * @param clusterSecret what the job and the workers share
 * @param beats takes signs of life
 * @param workers the workers of the whole deployment, to find whose result came here
 * @param meters where it counts
 */
public record RegisteredOptions(
        OrchSecret secret,
        String sourceUri,
        String host,
        Path dataDir,
        @Nullable SegmentStore store,
        ClusterSecret clusterSecret,
        Consumer<WorkerHeartbeat> beats,
        Supplier<Iterable<WorkerHeartbeat>> workers,
        MeterRegistry meters) {}
