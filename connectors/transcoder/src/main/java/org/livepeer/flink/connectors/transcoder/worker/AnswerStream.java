package org.livepeer.flink.connectors.transcoder.worker;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Finished;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Media;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Refused;
import org.livepeer.flink.operators.log.Repeats;
import org.livepeer.flink.schemas.worker.Done;
import org.livepeer.flink.schemas.worker.ExecuteResponse;
import org.livepeer.flink.schemas.worker.Failure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one answer as fast as the caller takes it: renditions in chunks, then Done; or one
 * Failure. Thread-safe.
 */
final class AnswerStream {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerStream.class);
    private static final Repeats REPEATS = new Repeats(LOG);

    private final ServerCallStreamObserver<ExecuteResponse> out;
    private @Nullable Outcome outcome;
    private boolean ended;
    private int rendition;
    // -1 before the rendition's header.
    private long offset = -1;

    AnswerStream(ServerCallStreamObserver<ExecuteResponse> out) {
        this.out = out;
        out.setOnReadyHandler(this::pump);
    }

    /** Begins the answer, which is closed at its end. */
    synchronized void send(Outcome answer) {
        if (ended || outcome != null) {
            close(answer);
            return;
        }
        outcome = answer;
        pump();
    }

    /** Ends without an answer. */
    synchronized void fail(Status status) {
        if (!ended && outcome == null) {
            ended = true;
            out.onError(status.asRuntimeException());
        }
    }

    /** The caller has gone. */
    synchronized void stop() {
        ended = true;
        if (outcome != null) {
            close(outcome);
        }
    }

    private synchronized void pump() {
        Outcome answer = outcome;
        if (answer == null) {
            return;
        }
        try {
            while (!ended && out.isReady()) {
                if (answer instanceof Finished finished) {
                    next(finished);
                } else if (answer instanceof Refused refused) {
                    out.onNext(failure(refused));
                    end(answer);
                }
            }
        } catch (IOException | RuntimeException e) {
            REPEATS.warn("answer broken off cause={}", e.toString());
            ended = true;
            close(answer);
            out.onError(Status.UNAVAILABLE.withDescription("answer broken off").asException());
        }
    }

    private void next(Finished finished) throws IOException {
        if (rendition == finished.renditions().size()) {
            Done done =
                    Done.newBuilder()
                            .setDecodedPixels(finished.decodedPixels())
                            .setWorkMs(finished.workMs())
                            .setKept(finished.kept())
                            .build();
            out.onNext(ExecuteResponse.newBuilder().setDone(done).build());
            end(finished);
            return;
        }
        Media media = finished.renditions().get(rendition);
        if (offset < 0) {
            out.onNext(ExecuteResponse.newBuilder().setRendition(media.header()).build());
            offset = 0;
        } else {
            Content content = media.content();
            int count = (int) Math.min(CallMetadata.CHUNK_BYTES, content.length() - offset);
            out.onNext(ExecuteResponse.newBuilder().setChunk(content.read(offset, count)).build());
            offset += count;
        }
        if (offset == media.content().length()) {
            rendition++;
            offset = -1;
        }
    }

    private void end(Outcome answer) {
        ended = true;
        close(answer);
        out.onCompleted();
    }

    private static ExecuteResponse failure(Refused refused) {
        Failure failure =
                Failure.newBuilder()
                        .setReason(refused.reason().name())
                        .setDetail(refused.detail())
                        .setRetryable(refused.reason().retryable())
                        .build();
        return ExecuteResponse.newBuilder().setFailure(failure).build();
    }

    private static void close(Outcome answer) {
        try {
            answer.close();
        } catch (IOException e) {
            LOG.debug("cannot close an answer", e);
        }
    }
}
