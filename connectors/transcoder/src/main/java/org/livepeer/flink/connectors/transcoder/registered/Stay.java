package org.livepeer.flink.connectors.transcoder.registered;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.transcoder.child.Folders;
import org.livepeer.flink.connectors.transcoder.worker.WorkerNode;
import org.livepeer.flink.connectors.transcoder.worker.WorkerOptions;
import org.livepeer.flink.operators.wire.WireSegments;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.livepeer.flink.schemas.net.NotifySegment;
import org.livepeer.flink.schemas.net.RegisterRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transcoder from its registration to its end, and the worker that stands for it.
 *
 * <pre>
 * registered ─► worker started ─┬─ stream broke ─► its tasks fail at once ─► worker leaves
 *                               └─ edge closes ──► worker drains ─► stream ended ─► worker left
 * </pre>
 */
final class Stay {
    private static final Logger LOG = LoggerFactory.getLogger(Stay.class);

    /** Whatever number a transcoder names. */
    private static final int MOST_SESSIONS = 1_000;

    private static final int MOST_SLOTS = 64;

    /**
     * A transcoder does not say how fast it is, and go-livepeer counts its sessions only: a ladder
     * of 720p30, 480p, 360p and 240p each.
     */
    private static final long PIXELS_PER_SESSION = 50_000_000;

    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);

    private final String workerId;
    private final RegisterRequest request;
    private final RegisteredOptions options;
    private final RemoteEngine engine;
    private final StreamObserver<NotifySegment> stream;
    private @Nullable WorkerNode node;
    private boolean over;

    Stay(
            String workerId,
            RegisterRequest request,
            RegisteredOptions options,
            RemoteEngine engine,
            StreamObserver<NotifySegment> stream) {
        this.workerId = workerId;
        this.request = request;
        this.options = options;
        this.engine = engine;
        this.stream = stream;
    }

    RemoteEngine engine() {
        return engine;
    }

    /** Starts the worker; false when it could not, and the transcoder was told to come back. */
    synchronized boolean begin() {
        if (over) {
            return false;
        }
        int sessions = (int) Math.min(MOST_SESSIONS, request.getCapacity());
        try {
            node =
                    WorkerNode.start(
                            WorkerOptions.builder(engine, options.clusterSecret(), folder())
                                    .workerId(workerId)
                                    .bindAddress(options.host())
                                    .host(options.host())
                                    .slots(Math.min(MOST_SLOTS, sessions))
                                    .maxSessions(sessions)
                                    .capabilities(
                                            List.copyOf(
                                                    WireSegments.abilities(
                                                            request.getCapabilities())))
                                    .devices(List.of("go-livepeer"))
                                    .capacityPixelsPerSecond(sessions * PIXELS_PER_SESSION)
                                    .store(options.store())
                                    .heartbeats(this::beat)
                                    .drainLimit(DRAIN_LIMIT)
                                    .build());
        } catch (IOException | RuntimeException e) {
            LOG.error("no worker for a transcoder worker={} cause={}", workerId, e.toString());
            engine.leave("no worker was started for it");
            stream.onError(
                    Status.UNAVAILABLE
                            .withDescription("the orchestrator cannot take transcoders now")
                            .asRuntimeException());
            over = true;
            return false;
        }
        LOG.info(
                "transcoder registered worker={} sessions={} version={}",
                workerId,
                sessions,
                request.getCapabilities().getVersion());
        return true;
    }

    private void beat(WorkerHeartbeat beat) {
        options.beats()
                .accept(WorkerHeartbeat.newBuilder(beat).setResultsAt(options.sourceUri()).build());
    }

    private Path folder() {
        return options.dataDir().resolve(workerId);
    }

    /** Ends it, once; blocks while running segments end. */
    synchronized void end() {
        if (over) {
            return;
        }
        over = true;
        WorkerNode started = node;
        if (started != null) {
            started.close();
        }
        engine.close();
        Folders.delete(folder());
        LOG.info("transcoder gone worker={}", workerId);
    }
}
