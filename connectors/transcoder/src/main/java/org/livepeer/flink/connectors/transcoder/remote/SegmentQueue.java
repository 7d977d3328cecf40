package org.livepeer.flink.connectors.transcoder.remote;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.wire.WireFault;
import org.livepeer.flink.schemas.net.NotifySegment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segments that are worked on and those that wait. As many run as there may be sessions, since an
 * orchestrator sends the segments of a session one after the other; four times as many wait, and
 * what is beyond is refused.
 */
final class SegmentQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentQueue.class);
    private static final int WAITING_PER_SESSION = 4;
    private static final int REFUSALS = 1000;

    private final SegmentWork work;
    private final WireCapabilities own;
    private final ExecutorService workers;
    private final ExecutorService refusals;
    private final Object idle = new Object();
    private int open;

    SegmentQueue(int capacity, SegmentWork work, WireCapabilities own) {
        this.work = work;
        this.own = own;
        workers =
                threads(
                        capacity,
                        (int) Math.min(Integer.MAX_VALUE, (long) capacity * WAITING_PER_SESSION),
                        "segment");
        refusals = threads(1, REFUSALS, "refusal");
    }

    private static ExecutorService threads(int count, int waiting, String name) {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(
                        count,
                        count,
                        30,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(waiting),
                        task -> new Thread(task, name));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** Takes a segment; does not block. */
    void add(NotifySegment message) {
        long arrived = System.nanoTime();
        try {
            SegmentOrder order = SegmentOrder.of(message, own);
            if (!begin(workers, () -> work.run(order, arrived))) {
                refuse(message, Reason.TranscoderBusy + ": too many segments at once", arrived);
            }
        } catch (WireFault e) {
            refuse(message, String.valueOf(e.getMessage()), arrived);
        }
    }

    private void refuse(NotifySegment message, String text, long arrived) {
        long task = message.getTaskId();
        if (!begin(refusals, () -> work.refuse(task, text, arrived))) {
            LOG.warn("refusal dropped task={} cause={}", task, text);
        }
    }

    private boolean begin(ExecutorService threads, Step step) {
        change(1);
        try {
            threads.execute(() -> run(step));
            return true;
        } catch (RejectedExecutionException e) {
            change(-1);
            return false;
        }
    }

    private void run(Step step) {
        try {
            step.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("segment lost", e);
        } finally {
            change(-1);
        }
    }

    private void change(int difference) {
        synchronized (idle) {
            open += difference;
            idle.notifyAll();
        }
    }

    /** Segments that run or wait. */
    int running() {
        synchronized (idle) {
            return open;
        }
    }

    /** Waits until there are none; false when that took longer. */
    boolean awaitIdle(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        synchronized (idle) {
            while (open > 0) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                idle.wait(left);
            }
            return true;
        }
    }

    /** Gives up what runs. */
    @Override
    public void close() {
        workers.shutdownNow();
        refusals.shutdownNow();
        work.close();
    }

    private interface Step {
        void run() throws InterruptedException;
    }
}
