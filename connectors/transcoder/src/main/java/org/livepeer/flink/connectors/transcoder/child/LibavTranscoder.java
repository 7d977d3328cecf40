package org.livepeer.flink.connectors.transcoder.child;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.livepeer.flink.schemas.VideoCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transcodes on CPU cores with libav, in as many supervised child processes as there are slots.
 *
 * <p>A child that dies costs the job it had ({@link Reason#WorkerCrashed}); one that does not end
 * its job two seconds after the deadline is killed ({@link Reason#DeadlineExceeded}). The next job
 * gets a new child. An input that ended two children is not tried again ({@link
 * Reason#QuarantinedInput}).
 */
public final class LibavTranscoder implements Transcoder {
    private static final Logger LOG = LoggerFactory.getLogger(LibavTranscoder.class);
    private static final long HANG_GRACE_MS = 2_000;

    private final LibavOptions options;
    private final BlockingQueue<Slot> idle = new LinkedBlockingQueue<>();
    private final List<Slot> slots = new ArrayList<>();
    private final Quarantine quarantine = new Quarantine();
    private final ScheduledExecutorService watchdog =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "transcoder-watchdog");
                        thread.setDaemon(true);
                        return thread;
                    });
    private volatile boolean closed;

    /** A place for one child. */
    private static final class Slot {
        private volatile @Nullable Child child;
    }

    /** Talks to a child; what it throws decides what becomes of the child. */
    @FunctionalInterface
    private interface Talk<T> {
        T with(Child child) throws IOException, TranscodeException;
    }

    public LibavTranscoder(LibavOptions options) {
        this.options = options;
        for (int i = 0; i < options.slots(); i++) {
            Slot slot = new Slot();
            slots.add(slot);
            idle.add(slot);
        }
    }

    @Override
    public Transcoded transcode(TranscodeJob job) throws TranscodeException, InterruptedException {
        try {
            if (quarantine.holds(job)) {
                throw quarantined();
            }
            return inSlot(
                    job.deadline().toMillis(),
                    child -> {
                        ChildProtocol.writeJob(child.out, job);
                        return ChildProtocol.readAnswer(child.in);
                    });
        } catch (ChildDiedException e) {
            LOG.warn(
                    "transcoding process died request={} session={} reason={}",
                    job.requestId(),
                    job.sessionId(),
                    e.getMessage());
            if (countDeath(job)) {
                throw quarantined();
            }
            throw new TranscodeException(
                    e.timedOut ? Reason.DeadlineExceeded : Reason.WorkerCrashed,
                    String.valueOf(e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new TranscodeException(
                    Reason.WorkerUnavailable, "no transcoding process: " + e.getMessage(), e);
        }
    }

    private boolean countDeath(TranscodeJob job) {
        try {
            return quarantine.countDeath(job);
        } catch (IOException e) {
            return false;
        }
    }

    private static TranscodeException quarantined() {
        return new TranscodeException(
                Reason.QuarantinedInput,
                "this input ended two transcoding processes and is not tried again: check how it"
                        + " was encoded");
    }

    private <T> T inSlot(long deadlineMs, Talk<T> talk)
            throws IOException, TranscodeException, InterruptedException {
        Slot slot = idle.poll(deadlineMs, TimeUnit.MILLISECONDS);
        if (slot == null) {
            throw new TranscodeException(
                    Reason.DeadlineExceeded, "every slot was taken until the deadline");
        }
        try {
            return talk(slot, deadlineMs, talk);
        } finally {
            idle.add(slot);
        }
    }

    private <T> T talk(Slot slot, long deadlineMs, Talk<T> talk)
            throws IOException, TranscodeException {
        Child child = ready(slot);
        AtomicBoolean timedOut = new AtomicBoolean();
        ScheduledFuture<?> hang =
                watchdog.schedule(
                        () -> {
                            timedOut.set(true);
                            child.kill();
                        },
                        deadlineMs + HANG_GRACE_MS,
                        TimeUnit.MILLISECONDS);
        boolean intact = false;
        try {
            T answer = talk.with(child);
            intact = true;
            return answer;
        } catch (TranscodeException e) {
            intact = true;
            throw e;
        } catch (IOException e) {
            child.kill();
            throw new ChildDiedException(
                    timedOut.get()
                            ? "the transcoding process hung and was ended"
                            : "the transcoding process died (exit code " + child.exitCode() + ")",
                    e,
                    timedOut.get());
        } finally {
            hang.cancel(false);
            if (!intact || closed || child.isWorn(options)) {
                slot.child = null;
                child.kill();
            }
        }
    }

    private Child ready(Slot slot) throws IOException {
        Child known = slot.child;
        if (known != null && known.isAlive()) {
            return known;
        }
        if (known != null) {
            known.kill();
        }
        Child started = Child.start(options);
        slot.child = started;
        return started;
    }

    /** Runs real test transcodes: what works is a capability, how fast is the capacity. */
    public EngineProbe probe() throws InterruptedException {
        return new Probing(this, options.slots()).run();
    }

    /** A synthetic segment, made by a child. */
    byte[] synthesize(int width, int height, int fps, int ms, VideoCodec codec)
            throws IOException, TranscodeException, InterruptedException {
        return inSlot(
                20_000,
                child -> {
                    child.out.writeByte(ChildProtocol.SYNTHESIZE);
                    child.out.writeInt(width);
                    child.out.writeInt(height);
                    child.out.writeInt(fps);
                    child.out.writeInt(ms);
                    child.out.writeUTF(codec.name());
                    child.out.flush();
                    if (child.in.readUnsignedByte() != ChildProtocol.MEDIA) {
                        throw ChildProtocol.failure(child.in);
                    }
                    return ChildProtocol.readBytes(child.in);
                });
    }

    /** Process ids of the children that run now. */
    public List<Long> childPids() {
        List<Long> pids = new ArrayList<>();
        for (Slot slot : slots) {
            Child child = slot.child;
            if (child != null && child.isAlive()) {
                pids.add(child.pid());
            }
        }
        return pids;
    }

    @Override
    public void close() {
        closed = true;
        watchdog.shutdownNow();
        for (Slot slot : slots) {
            Child child = slot.child;
            if (child != null) {
                child.kill();
            }
        }
    }

    /** The child went away in the middle of a job. */
    private static final class ChildDiedException extends IOException {
        private final boolean timedOut;

        ChildDiedException(String message, Throwable cause, boolean timedOut) {
            super(message, cause);
            this.timedOut = timedOut;
        }
    }
}
