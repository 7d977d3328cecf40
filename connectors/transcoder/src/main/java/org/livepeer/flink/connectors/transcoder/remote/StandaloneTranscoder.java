package org.livepeer.flink.connectors.transcoder.remote;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.net.NotifySegment;
import org.livepeer.flink.schemas.net.RegisterRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transcoder that works for a go-livepeer orchestrator. It registers, and again whenever that
 * ended, until the orchestrator refuses it for good or it is closed.
 *
 * <pre>
 *           ┌──────────── back-off ◄─────────── running segments end ◄─┐
 * start ─► registered ──────────────── connection or call ended ───────┘
 *           │   └─ invalid secret, zero capacity ─► running segments end ─► ended with an error
 *           └─ close ─► call cancelled ─► running segments end, results handed in ─► ended
 * </pre>
 *
 * A call that the orchestrator cancels is a connection that broke, no reason to end as it is for
 * go-livepeer's transcoder.
 */
public final class StandaloneTranscoder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StandaloneTranscoder.class);

    /** What runs is of an orchestrator that has given it up after that: no reason to stay away. */
    private static final long AWAY_MS = 8000;

    private final StandaloneOptions options;
    private final WireCapabilities capabilities;
    private final OpenSessions sessions;
    private final SegmentQueue queue;
    private final SegmentMeters meters;
    private final Thread thread;
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Registration current;

    private StandaloneTranscoder(StandaloneOptions options) throws IOException {
        this.options = options;
        capabilities = WireCapabilities.of(options.capabilities());
        sessions = new OpenSessions(options.engine());
        meters = new SegmentMeters(options.meters());
        SegmentWork work = new SegmentWork(options, sessions, meters);
        queue = new SegmentQueue(options.capacity(), work, capabilities);
        meters.watch(queue::running, sessions::count, () -> isRegistered() ? 1 : 0);
        thread = new Thread(this::stay, "orchestrator");
        thread.setDaemon(true);
    }

    /**
     * Begins to register.
     *
     * @throws IOException when the directory for sources cannot be used
     */
    public static StandaloneTranscoder start(StandaloneOptions options) throws IOException {
        StandaloneTranscoder transcoder = new StandaloneTranscoder(options);
        transcoder.thread.start();
        return transcoder;
    }

    /** Completes when it works no more; exceptionally when the orchestrator refused it. */
    public CompletableFuture<?> ended() {
        return ended;
    }

    /** Whether the orchestrator has it in its list, as far as can be told from here. */
    public boolean isRegistered() {
        Registration registration = current;
        return registration != null && registration.isSettled() && !registration.end().isDone();
    }

    private void stay() {
        Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
        try {
            while (closing.getCount() > 0) {
                Registration.End end = registerOnce(backoff);
                LOG.info(
                        "not registered any more orchestrator={} kind={} cause={}",
                        options.address(),
                        end.kind(),
                        end.why());
                if (closing.getCount() > 0) {
                    queue.awaitIdle(AWAY_MS);
                }
                sessions.endAll();
                if (end.kind() == Registration.Kind.REFUSED) {
                    throw new IOException(
                            "the orchestrator at "
                                    + options.address()
                                    + " refuses this transcoder: "
                                    + end.why());
                }
                closing.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS);
            }
            ended.complete(null);
        } catch (IOException | RuntimeException e) {
            ended.completeExceptionally(e);
        } catch (InterruptedException e) {
            ended.complete(null);
        }
    }

    private Registration.End registerOnce(Backoff backoff) throws InterruptedException {
        LOG.info("registering orchestrator={}", options.address());
        meters.registering();
        RegisterRequest request =
                RegisterRequest.newBuilder()
                        .setSecret(options.secret().text())
                        .setCapacity(options.capacity())
                        .setCapabilities(capabilities.message())
                        .build();
        try (Registration registration = new Registration(options, request, this::take)) {
            current = registration;
            if (closing.getCount() == 0) {
                registration.leave();
            }
            Registration.End end = registration.end().join();
            if (registration.isSettled()) {
                backoff.reset();
            }
            return end;
        }
    }

    private void take(NotifySegment message) {
        if (SegmentOrder.isTeardown(message)) {
            sessions.end(message.getSegData().getAuthToken().getSessionId());
        } else {
            queue.add(message);
        }
    }

    /**
     * Drains: no more segments, those that run end and their results are handed in, up to the
     * limit. The engine is closed too.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        closing.countDown();
        Registration registration = current;
        if (registration != null) {
            registration.leave();
        }
        try {
            if (!queue.awaitIdle(options.drainLimit().toMillis())) {
                LOG.warn("running segments are given up running={}", queue.running());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        queue.close();
        thread.interrupt();
        options.engine().close();
    }
}
