package org.livepeer.flink.connectors.transcoder.worker;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.livepeer.flink.operators.log.Repeats;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the consumer a sign of life each second, on a thread of its own, and a last one. */
final class Heartbeats {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);
    private static final Repeats REPEATS = new Repeats(LOG);
    private static final long EVERY_MS = 1000;

    private final WorkerOptions options;
    private final Works works;
    private final BooleanSupplier draining;
    private final WorkerHeartbeat template;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread beats = new Thread(task, "worker-heartbeat");
                        beats.setDaemon(true);
                        return beats;
                    });
    private long beat;

    Heartbeats(
            WorkerOptions options,
            String workerId,
            long incarnation,
            int port,
            Works works,
            BooleanSupplier draining) {
        this.options = options;
        this.works = works;
        this.draining = draining;
        template =
                WorkerHeartbeat.newBuilder()
                        .setWorkerId(workerId)
                        .setIncarnation(incarnation)
                        .setBeat(0)
                        .setAddress(options.host() + ":" + port)
                        .setHost(options.host())
                        .setVersion(WorkerVersion.current())
                        .setCapabilities(options.capabilities())
                        .setDevices(options.devices())
                        .setCapacityPixelsPerSecond(options.capacityPixelsPerSecond())
                        .setMaxSessions(options.maxSessions())
                        .setSlots(options.slots())
                        .setSentAtMs(0)
                        .build();
    }

    void start() {
        thread.scheduleAtFixedRate(() -> send(false), 0, EVERY_MS, TimeUnit.MILLISECONDS);
    }

    /** An extra beat now, because something changed. */
    void now() {
        if (!thread.isShutdown()) {
            thread.execute(() -> send(false));
        }
    }

    /** The last beat; waits for it a little. */
    void leave() throws InterruptedException {
        thread.execute(() -> send(true));
        thread.shutdown();
        if (!thread.awaitTermination(2 * EVERY_MS, TimeUnit.MILLISECONDS)) {
            thread.shutdownNow();
        }
    }

    private void send(boolean leaving) {
        try {
            options.heartbeats()
                    .accept(
                            WorkerHeartbeat.newBuilder(template)
                                    .setBeat(beat++)
                                    .setRunning(works.running())
                                    .setQueued(works.queued())
                                    .setDraining(draining.getAsBoolean())
                                    .setLeaving(leaving)
                                    .setSentAtMs(options.clock().millis())
                                    .build());
        } catch (RuntimeException e) {
            REPEATS.warn(
                    "heartbeat not sent worker={} cause={}", template.getWorkerId(), e.toString());
        }
    }
}
