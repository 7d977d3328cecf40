package org.livepeer.flink.connectors.transcoder.worker;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running worker: the gRPC service, its engine and the kept answers.
 *
 * <pre>
 * start ──► serving ──drain──► draining ──close──► (running work ends, last beat) ──► closed
 * </pre>
 */
public final class WorkerNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerNode.class);
    private static final long SWEEP_EVERY_MS = 5000;

    private final WorkerOptions options;
    private final WorkerDirectory directory;
    private final String workerId;
    private final Works works;
    private final Server server;
    private final int port;
    private final Heartbeats heartbeats;
    private final ScheduledExecutorService timer;
    private final AtomicBoolean draining;
    private final AtomicBoolean closed = new AtomicBoolean();

    private WorkerNode(WorkerOptions options, WorkerDirectory directory) throws IOException {
        this.options = options;
        this.directory = directory;
        workerId = directory.workerId(options.workerId());
        long incarnation = directory.incarnation(options.clock().millis());
        KeptResults kept =
                new KeptResults(
                        directory.kept(), options.keepFor(), options.keepBytes(), options.clock());
        RenditionStorage storage = new RenditionStorage(options.store());
        AtomicBoolean drain = new AtomicBoolean();
        draining = drain;
        works = new Works(options, kept, storage);
        timer =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread thread = new Thread(task, "worker-timer");
                            thread.setDaemon(true);
                            return thread;
                        });
        ServiceParts parts =
                new ServiceParts(
                        works, storage, options.store(), directory.spool(), timer, drain::get);
        server = listen(new WorkerService(workerId, options, parts, () -> drain.set(true)));
        port = server.getPort();
        heartbeats = new Heartbeats(options, workerId, incarnation, port, works, drain::get);
        timer.scheduleWithFixedDelay(
                kept::sweep, SWEEP_EVERY_MS, SWEEP_EVERY_MS, TimeUnit.MILLISECONDS);
        heartbeats.start();
        LOG.info(
                "worker serves worker={} address={}:{} slots={} kept={}",
                workerId,
                options.host(),
                port,
                options.slots(),
                kept.size());
    }

    /**
     * Reads the kept answers, listens, begins to beat.
     *
     * @throws IOException when the port or the data directory is taken
     */
    public static WorkerNode start(WorkerOptions options) throws IOException {
        WorkerDirectory directory = new WorkerDirectory(options.dataDir());
        try {
            return new WorkerNode(options, directory);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /** Its name in the cluster. */
    public String workerId() {
        return workerId;
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** Takes no new work from now on; kept answers are still given. */
    public void drain() {
        draining.set(true);
        heartbeats.now();
    }

    /**
     * Drains, waits for running work up to the limit, beats a last time, ends. The engine is closed
     * too.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        drain();
        try {
            if (!works.awaitIdle(options.drainLimit().toMillis())) {
                LOG.warn(
                        "running work is given up worker={} running={}", workerId, works.running());
            }
            server.shutdown();
            works.stop();
            if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
            heartbeats.leave();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.shutdownNow();
            works.stop();
        }
        timer.shutdownNow();
        options.engine().close();
        try {
            directory.close();
        } catch (IOException e) {
            LOG.warn("data directory not unlocked worker={} cause={}", workerId, e.toString());
        }
    }

    private Server listen(WorkerService service) throws IOException {
        try {
            return NettyServerBuilder.forAddress(
                            new InetSocketAddress(options.bindAddress(), options.port()))
                    .addService(service)
                    .intercept(new CallAuthentication(options.secret(), workerId))
                    .maxInboundMessageSize(CallMetadata.MAX_MESSAGE_BYTES)
                    .flowControlWindow(CallMetadata.FLOW_CONTROL_WINDOW)
                    .permitKeepAliveTime(5, TimeUnit.SECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .build()
                    .start();
        } catch (IOException e) {
            works.stop();
            timer.shutdownNow();
            throw new IOException(
                    "the worker cannot listen on "
                            + options.bindAddress()
                            + ":"
                            + options.port()
                            + ": "
                            + e.getMessage()
                            + "; give it another port",
                    e);
        }
    }
}
