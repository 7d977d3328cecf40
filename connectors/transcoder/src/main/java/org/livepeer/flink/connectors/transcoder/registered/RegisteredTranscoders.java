package org.livepeer.flink.connectors.transcoder.registered;

import com.linecorp.armeria.server.HttpService;
import io.grpc.BindableService;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.micrometer.core.instrument.Gauge;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.livepeer.flink.connectors.transcoder.child.Folders;
import org.livepeer.flink.operators.log.Repeats;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.schemas.net.NotifySegment;
import org.livepeer.flink.schemas.net.RegisterRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transcoders of go-livepeer that are registered at this edge, and what its port serves for
 * them.
 */
public final class RegisteredTranscoders implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegisteredTranscoders.class);
    private static final Repeats REPEATS = new Repeats(LOG);
    private static final int MOST = 200;
    private static final long TIDY_EVERY_S = 10;
    private static final long CLOSE_WITHIN_S = 15;

    private final RegisteredOptions options;
    private final Tasks tasks = new Tasks();
    private final TaskIds ids = new TaskIds();
    private final SecureRandom random = new SecureRandom();
    private final Set<Stay> stays = ConcurrentHashMap.newKeySet();
    private final ExecutorService comings = Executors.newCachedThreadPool(daemon("transcoders"));
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(daemon("transcoders-timer"));
    private volatile boolean closed;

    /** Removes what earlier processes left. */
    public RegisteredTranscoders(RegisteredOptions options) {
        this.options = options;
        Folders.delete(options.dataDir());
        Gauge.builder("livepeer.edge.transcoders", stays, Set::size)
                .description("transcoders of go-livepeer that are registered here")
                .register(options.meters());
        Gauge.builder("livepeer.edge.transcoders.tasks", tasks, Tasks::count)
                .description("segments that they work on")
                .register(options.meters());
        timer.scheduleWithFixedDelay(this::tidy, TIDY_EVERY_S, TIDY_EVERY_S, TimeUnit.SECONDS);
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** The gRPC service that they register at. */
    public BindableService registrations() {
        return new RegistrationService(options.secret(), this::arrived);
    }

    /** Path patterns of the port and what serves them. */
    public Map<String, HttpService> routes() {
        OtherEdges others = new OtherEdges(options.workers(), options.sourceUri());
        return Map.of(
                "/transcodeResults",
                new ResultService(options.secret(), tasks, others),
                "prefix:" + SourceService.PREFIX,
                new SourceService(tasks));
    }

    private void arrived(RegisterRequest request, ServerCallStreamObserver<NotifySegment> stream) {
        if (closed || stays.size() >= MOST) {
            stream.onError(
                    Status.UNAVAILABLE
                            .withDescription("this orchestrator takes no more transcoders now")
                            .asRuntimeException());
            return;
        }
        byte[] name = new byte[8];
        random.nextBytes(name);
        String workerId = "go-" + HexFormat.of().formatHex(name);
        RemoteEngine engine = new RemoteEngine(workerId, tasks, ids, options.sourceUri(), stream);
        Stay stay = new Stay(workerId, request, options, engine, stream);
        stays.add(stay);
        stream.setOnCancelHandler(
                () -> {
                    engine.leave("the transcoder's connection ended");
                    comings.execute(() -> end(stay));
                });
        comings.execute(
                () -> {
                    if (!stay.begin()) {
                        stays.remove(stay);
                    }
                });
    }

    private void end(Stay stay) {
        try {
            stay.end();
        } catch (RuntimeException e) {
            LOG.error("transcoder not let go in order", e);
        } finally {
            stays.remove(stay);
        }
    }

    private void tidy() {
        for (Stay stay : stays) {
            try {
                stay.engine().endIdleSessions();
            } catch (TranscodeException | RuntimeException e) {
                REPEATS.warn("idle sessions of a transcoder not ended cause={}", e.toString());
            }
        }
    }

    /**
     * Lets all of them finish what they work on and go; they come back by themselves, to whoever is
     * at the address. The port has to be open until this is done.
     */
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        stays.forEach(stay -> comings.execute(() -> end(stay)));
        comings.shutdown();
        try {
            if (!comings.awaitTermination(CLOSE_WITHIN_S, TimeUnit.SECONDS)) {
                LOG.warn("transcoders are still busy, the port closes left={}", stays.size());
                comings.shutdownNow();
            }
        } catch (InterruptedException e) {
            comings.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
