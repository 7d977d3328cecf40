package org.livepeer.flink.connectors.transcoder.child;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.transcoder.engine.MediaFacts;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;

/**
 * Transcodes on CPU cores with libav in supervised child processes. A crash costs its attempt
 * ({@link Reason#WorkerCrashed}), a hang is ended two seconds after the deadline, and an input that
 * killed two children is not tried again ({@link Reason#QuarantinedInput}). The children end when
 * this process does, however it ends.
 */
public final class LibavTranscoder implements Transcoder {
    /** Larger media is handed over as a file. */
    private static final long MAX_INLINE_BYTES = 64L << 20;

    private final List<ChildSlot> slots = new ArrayList<>();
    private final BlockingQueue<ChildSlot> free = new LinkedBlockingQueue<>();
    private final Quarantine quarantine = new Quarantine();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "transcoder-watch");
                        thread.setDaemon(true);
                        return thread;
                    });
    private final LibavOptions options;
    private final Path root;
    private volatile boolean closed;

    /**
     * Starts the children; returns when the first takes jobs.
     *
     * @throws UncheckedIOException when it does not start; its message says why
     */
    public LibavTranscoder(LibavOptions options) {
        this.options = options;
        try {
            Files.createDirectories(options.nativeCacheDir());
            Files.createDirectories(options.tempDir());
            deleteLeftovers(options.tempDir());
            root = options.tempDir().resolve("pool-" + ProcessHandle.current().pid());
            for (int i = 0; i < options.slots(); i++) {
                Path dir = root.resolve(Long.toString(System.nanoTime(), 36));
                slots.add(new ChildSlot(i, options, dir, timer));
            }
            // The first child unpacks the native libraries for all.
            slots.get(0).start();
        } catch (IOException e) {
            timer.shutdownNow();
            throw new UncheckedIOException(e.getMessage(), e);
        }
        slots.forEach(slot -> slot.recover(() -> free.add(slot)));
    }

    /** Directories of pools whose process is gone. */
    private static void deleteLeftovers(Path tempDir) throws IOException {
        try (Stream<Path> pools = Files.list(tempDir)) {
            for (Path pool : pools.toList()) {
                String name = pool.getFileName().toString();
                if (name.matches("pool-\\d+")) {
                    long pid = Long.parseLong(name.substring("pool-".length()));
                    if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
                        Folders.delete(pool);
                    }
                }
            }
        }
    }

    @Override
    public Transcoded transcode(TranscodeJob job) throws TranscodeException, InterruptedException {
        long end = System.nanoTime() + job.deadline().toNanos();
        @Nullable Path spilled = null;
        try {
            if (quarantine.holds(job.media())) {
                throw quarantined();
            }
            TranscodeJob.Media media = job.media();
            if (media instanceof TranscodeJob.InMemory memory
                    && memory.length() > MAX_INLINE_BYTES) {
                spilled = Files.createTempFile(Files.createDirectories(root), "media", ".bin");
                Files.write(spilled, memory.bytes());
                media = new TranscodeJob.InFile(spilled, memory.length());
            }
            return ((Task.Done) call(job, media, end)).transcoded();
        } catch (IOException e) {
            throw new TranscodeException(Reason.InternalError, "cannot read the media: " + e, e);
        } finally {
            if (spilled != null) {
                spilled.toFile().delete();
            }
        }
    }

    private Task.Reply call(TranscodeJob job, TranscodeJob.Media media, long end)
            throws TranscodeException, InterruptedException, IOException {
        ChildSlot slot = take(end);
        Task task =
                new Task.Transcode(
                        new TranscodeJob(
                                job.requestId(),
                                job.sessionId(),
                                job.ordinal(),
                                media,
                                job.profiles(),
                                job.clip(),
                                job.perceptualHash(),
                                job.maxPixels(),
                                left(end)));
        try {
            return answer(slot, task);
        } catch (ChildSlot.ChildDeath e) {
            if (quarantine.died(job.media(), e.fromOutside && !e.hung)) {
                throw quarantined();
            }
            throw death(e);
        }
    }

    /** Decodes the media in a child and counts what is in it. */
    public MediaFacts inspect(TranscodeJob.Media media, Duration deadline)
            throws TranscodeException, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        return ((Task.Facts) callPlain(end, new Task.Inspect(media, deadline))).facts();
    }

    /** The first segment of a synthetic source, made in a child. */
    byte[] synthesize(SyntheticOptions options, Duration deadline)
            throws TranscodeException, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        return ((Task.Media) callPlain(end, new Task.Synthesize(options, deadline))).bytes();
    }

    private Task.Reply callPlain(long end, Task task)
            throws TranscodeException, InterruptedException {
        ChildSlot slot = take(end);
        try {
            return answer(slot, task);
        } catch (ChildSlot.ChildDeath e) {
            throw death(e);
        }
    }

    private ChildSlot take(long end) throws TranscodeException, InterruptedException {
        ChildSlot slot = closed ? null : free.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (closed) {
            throw new TranscodeException(Reason.WorkerDraining, "the transcoder is closed");
        }
        if (slot == null) {
            throw new TranscodeException(
                    Reason.TranscoderBusy,
                    "all " + slots.size() + " transcoding processes are busy or restarting");
        }
        return slot;
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
    }

    private Task.Reply answer(ChildSlot slot, Task task)
            throws TranscodeException, InterruptedException, ChildSlot.ChildDeath {
        CompletableFuture<Task.Reply> answer = slot.call(task);
        try {
            if (answer.get() instanceof Task.Failed failed) {
                throw new TranscodeException(failed.reason(), failed.detail());
            }
            return answer.get();
        } catch (InterruptedException e) {
            slot.abort();
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ChildSlot.ChildDeath death) {
                throw death;
            }
            throw new TranscodeException(
                    Reason.InternalError, "the call of a child failed: " + e.getCause(), e);
        } finally {
            slot.recover(() -> free.add(slot));
        }
    }

    private static TranscodeException death(ChildSlot.ChildDeath death) {
        return death.hung
                ? new TranscodeException(
                        Reason.DeadlineExceeded,
                        "the transcoding process hung and was ended after the deadline")
                : new TranscodeException(
                        Reason.WorkerCrashed,
                        "the transcoding process died: " + death.getMessage());
    }

    private static TranscodeException quarantined() {
        return new TranscodeException(
                Reason.QuarantinedInput, "this input killed two transcoding processes");
    }

    /** Runs real test transcodes: what works is a capability, how fast is the capacity. */
    public EngineProbe probe() throws InterruptedException {
        return new EngineProber(this, slots.size()).probe();
    }

    /**
     * The same, from what an earlier start under the same conditions found, when that is less than
     * a day old and a small test transcode still works.
     *
     * @param memory file that keeps what was found
     */
    public EngineProbe probe(Path memory) throws InterruptedException {
        ProbeMemory remembered = new ProbeMemory(memory, options, Clock.systemUTC());
        Optional<EngineProbe> known = remembered.recall();
        if (known.isPresent() && new EngineProber(this, slots.size()).works()) {
            return known.get();
        }
        EngineProbe found = probe();
        remembered.keep(found);
        return found;
    }

    /** Process ids of the children that run now. */
    public List<Long> childPids() {
        return slots.stream().map(ChildSlot::pid).filter(pid -> pid > 0).toList();
    }

    @Override
    public void close() {
        closed = true;
        slots.forEach(ChildSlot::close);
        timer.shutdownNow();
        Folders.delete(root);
    }
}
