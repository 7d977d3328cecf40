package org.livepeer.flink.connectors.transcoder.child;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.log.Repeats;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A place for one child, kept filled: a child that died or is worn out is replaced, the sooner the
 * fewer died in a row. Holds a thread of its own.
 *
 * <pre>
 * STARTING ──ready──► FREE ──task──► BUSY ──reply──► FREE
 *    ▲                                 └──death, hang, worn out──┐
 *    └────────────────────── back-off ◄──────────────────────────┘
 * </pre>
 */
final class ChildSlot implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChildSlot.class);
    private static final Repeats REPEATS = new Repeats(LOG);
    private static final long HANG_GRACE_MS = 2000;
    private static final long FIRST_BACK_OFF_MS = 100;
    private static final long LAST_BACK_OFF_MS = 5000;
    private static final long CLOSE_WAIT_S = 5;

    private final int number;
    private final LibavOptions options;
    private final Path root;
    private final ScheduledExecutorService timer;
    private final ExecutorService thread;
    private volatile @Nullable ChildProcess child;
    private volatile boolean closed;
    private int generation;
    private int deathsInARow;

    /** How a call ended without a reply. */
    static final class ChildDeath extends Exception {
        final boolean hung;
        final boolean fromOutside;

        ChildDeath(String how, boolean hung, boolean fromOutside) {
            super(how);
            this.hung = hung;
            this.fromOutside = fromOutside;
        }
    }

    ChildSlot(int number, LibavOptions options, Path root, ScheduledExecutorService timer) {
        this.number = number;
        this.options = options;
        this.root = root;
        this.timer = timer;
        thread =
                Executors.newSingleThreadExecutor(
                        task -> {
                            Thread made = new Thread(task, "transcoder-slot-" + number);
                            made.setDaemon(true);
                            return made;
                        });
    }

    /** Starts a child now; blocks until it is ready. */
    void start() throws IOException {
        ChildProcess started =
                ChildProcess.start(options, root.resolve(number + "-" + generation++));
        child = started;
        if (closed) {
            started.close();
        }
    }

    /**
     * Does one task on the slot's thread. The future fails with {@link ChildDeath} when the child
     * died or had to be killed.
     */
    CompletableFuture<Task.Reply> call(Task task) {
        CompletableFuture<Task.Reply> answer = new CompletableFuture<>();
        thread.execute(
                () -> {
                    try {
                        answer.complete(callNow(task));
                    } catch (ChildDeath | RuntimeException e) {
                        answer.completeExceptionally(e);
                    }
                });
        return answer;
    }

    private Task.Reply callNow(Task task) throws ChildDeath {
        ChildProcess current = child;
        if (current == null) {
            throw new ChildDeath("no process is up", false, true);
        }
        boolean[] hung = new boolean[1];
        ScheduledFuture<?> watch =
                timer.schedule(
                        () -> {
                            hung[0] = true;
                            current.kill();
                        },
                        task.deadline().toMillis() + HANG_GRACE_MS,
                        TimeUnit.MILLISECONDS);
        try {
            Task.Reply reply = current.call(task);
            deathsInARow = 0;
            return reply;
        } catch (IOException e) {
            // First see how it ended: a kill of ours must not hide its exit code.
            String how = current.epitaph();
            boolean fromOutside = current.wasKilled();
            current.kill();
            REPEATS.warn("transcoding process died child={} how={}", current.pid(), how);
            throw new ChildDeath(how, hung[0], fromOutside);
        } finally {
            watch.cancel(false);
        }
    }

    /** Makes the slot fit for the next task, on its own thread; then runs what comes next. */
    void recover(Runnable ready) {
        thread.execute(
                () -> {
                    while (!closed && !fit()) {
                        replace();
                    }
                    if (!closed) {
                        ready.run();
                    }
                });
    }

    private boolean fit() {
        ChildProcess current = child;
        return current != null
                && current.isAlive()
                && current.calls() < options.jobsPerChild()
                && current.residentMb() <= options.maxRssMb();
    }

    private void replace() {
        ChildProcess old = child;
        child = null;
        if (old != null) {
            boolean died = !old.isAlive();
            old.close();
            deathsInARow = died ? deathsInARow + 1 : 0;
        }
        try {
            if (deathsInARow > 1) {
                int doublings = Math.min(deathsInARow - 2, 10);
                Thread.sleep(Math.min(LAST_BACK_OFF_MS, FIRST_BACK_OFF_MS << doublings));
            }
            start();
        } catch (IOException e) {
            deathsInARow++;
            LOG.error("{}", e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    /** Ends what the child is doing, by force. */
    void abort() {
        ChildProcess current = child;
        if (current != null) {
            current.kill();
        }
    }

    /** Process id of the child, or -1. */
    long pid() {
        ChildProcess current = child;
        return current != null && current.isAlive() ? current.pid() : -1;
    }

    @Override
    public void close() {
        closed = true;
        thread.shutdownNow();
        abort();
        try {
            // A child that is being started is ended by its starter.
            thread.awaitTermination(CLOSE_WAIT_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ChildProcess current = child;
        if (current != null) {
            current.close();
        }
    }
}
