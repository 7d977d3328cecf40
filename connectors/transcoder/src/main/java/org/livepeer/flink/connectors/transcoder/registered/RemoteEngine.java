package org.livepeer.flink.connectors.transcoder.registered;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.segment.RequestIds;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.livepeer.flink.operators.wire.WireSegments;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.NotifySegment;
import org.livepeer.flink.schemas.net.SegData;

/**
 * The engine behind a registered transcoder: a segment goes out as a message on its stream and
 * comes back as a post. One that takes too long costs its attempt and nothing else: the transcoder
 * stays, and its late result is thrown away.
 *
 * <pre>
 * transcode ─► task opened ─► message ─┬─ result posted ─► renditions
 *                                      ├─ error posted ──► failure, retryable unless it is the media's
 *                                      ├─ deadline ──────► DeadlineExceeded
 *                                      └─ stream ended ──► WorkerUnavailable
 * </pre>
 */
final class RemoteEngine implements Transcoder {
    private static final String ORCHESTRATOR = "offchain";
    private static final ByteString PROFILES = ByteString.copyFromUtf8("invalid");
    private static final ByteString NO_HASH = ByteString.copyFrom(new byte[32]);

    /** As long as go-livepeer keeps a session without segments ({@code core/orchestrator.go}). */
    private static final long SESSION_IDLE_NANOS = TimeUnit.SECONDS.toNanos(70);

    private final String workerId;
    private final Tasks tasks;
    private final TaskIds ids;
    private final String sourceUri;
    private final StreamObserver<NotifySegment> stream;
    private final Map<String, Long> sessions = new ConcurrentHashMap<>();
    private final Set<Tasks.Task> own = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String gone;

    RemoteEngine(
            String workerId,
            Tasks tasks,
            TaskIds ids,
            String sourceUri,
            StreamObserver<NotifySegment> stream) {
        this.workerId = workerId;
        this.tasks = tasks;
        this.ids = ids;
        this.sourceUri = sourceUri;
        this.stream = stream;
    }

    @Override
    public Transcoded transcode(TranscodeJob job) throws TranscodeException, InterruptedException {
        try (Tasks.Task task = tasks.open(ids.next(workerId), job)) {
            own.add(task);
            try {
                send(message(task));
                return task.result().get(job.deadline().toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw new TranscodeException(
                        Reason.DeadlineExceeded,
                        "the transcoder did not answer within " + job.deadline().toMillis() + " ms",
                        e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TranscodeException failure) {
                    throw failure;
                }
                throw new TranscodeException(
                        Reason.InternalError, "the result was not read: " + e.getCause(), e);
            } catch (CancellationException e) {
                throw new TranscodeException(Reason.WorkerUnavailable, "the task was closed", e);
            } finally {
                own.remove(task);
            }
        }
    }

    private NotifySegment message(Tasks.Task task) {
        TranscodeJob job = task.job();
        String session = session(job.sessionId());
        sessions.put(session, System.nanoTime());
        SegData.Builder data =
                WireSegments.of(job.profiles(), job.clip())
                        .setManifestId(ByteString.copyFromUtf8(session))
                        .setSeq(job.ordinal())
                        .setHash(NO_HASH)
                        .setProfiles(PROFILES)
                        .setCapabilities(WireSegments.needs(job.profiles(), job.perceptualHash()))
                        .setCalcPerceptualHash(job.perceptualHash())
                        .setAuthToken(AuthToken.newBuilder().setSessionId(session));
        return NotifySegment.newBuilder()
                .setUrl(sourceUri + SourceService.path(task.number()))
                .setTaskId(task.number())
                .setOrchId(ORCHESTRATOR)
                .setProfiles(PROFILES)
                .setSegData(data)
                .build();
    }

    /** Names files at the transcoder, so it holds nothing that a path could mean. */
    private static String session(String id) {
        byte[] hash = RequestIds.sha256().digest(id.getBytes(UTF_8));
        return HexFormat.of().formatHex(hash, 0, 8);
    }

    private void send(NotifySegment message) throws TranscodeException {
        String why = gone;
        if (why == null) {
            try {
                synchronized (stream) {
                    stream.onNext(message);
                }
                why = gone;
            } catch (RuntimeException e) {
                why = "its stream broke: " + e.getMessage();
            }
        }
        if (why != null) {
            throw new TranscodeException(Reason.WorkerUnavailable, why);
        }
    }

    /** Lets it release the sessions that have had no segment for a while. */
    void endIdleSessions() throws TranscodeException {
        long now = System.nanoTime();
        for (Map.Entry<String, Long> session : sessions.entrySet()) {
            if (now - session.getValue() > SESSION_IDLE_NANOS
                    && sessions.remove(session.getKey(), session.getValue())) {
                send(
                        NotifySegment.newBuilder()
                                .setSegData(
                                        SegData.newBuilder()
                                                .setAuthToken(
                                                        AuthToken.newBuilder()
                                                                .setSessionId(session.getKey())))
                                .build());
            }
        }
    }

    /** The stream ended: nothing that is under way will be answered. */
    void leave(String why) {
        gone = why;
        own.forEach(task -> task.fail(new TranscodeException(Reason.WorkerUnavailable, why)));
    }

    /**
     * Ends the stream in good order: a go-livepeer transcoder comes back after that, and never
     * after CANCELLED.
     */
    @Override
    public void close() {
        boolean open = gone == null;
        leave("the transcoder was let go");
        if (open) {
            synchronized (stream) {
                stream.onCompleted();
            }
        }
    }
}
