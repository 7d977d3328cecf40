package org.livepeer.flink.connectors.transcoder.worker;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Refused;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.schemas.worker.ExecuteRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of Execute.
 *
 * <pre>
 * header ─► media comes ─► working ─► answered
 *    │           └───────────┴─► deadline: answered; caller gone: over
 *    └─► kept, stored, refused, or joined to running work
 * </pre>
 */
final class ExecuteCall implements StreamObserver<ExecuteRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(ExecuteCall.class);

    private final ServiceParts parts;
    private final AnswerStream answer;
    private final long maxInlineBytes;
    private @Nullable ExecuteOrder order;
    private Works.@Nullable Place place;
    private @Nullable IncomingMedia incoming;
    private @Nullable Work work;
    private @Nullable Future<?> deadline;
    private boolean over;

    ExecuteCall(ServiceParts parts, AnswerStream answer, long maxInlineBytes) {
        this.parts = parts;
        this.answer = answer;
        this.maxInlineBytes = maxInlineBytes;
    }

    @Override
    public synchronized void onNext(ExecuteRequest request) {
        if (over) {
            return;
        }
        try {
            if (order == null && request.hasHeader()) {
                begin(ExecuteOrder.of(request.getHeader(), System.nanoTime(), maxInlineBytes));
            } else if (order == null || !request.hasChunk()) {
                fail("the first message must be the header, all others chunks");
            } else if (incoming != null) {
                incoming.append(request.getChunk());
            }
        } catch (TranscodeException e) {
            refuse(e.reason(), String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            broken(e);
        }
    }

    /** All media has come. */
    @Override
    public synchronized void onCompleted() {
        ExecuteOrder asked = order;
        IncomingMedia media = incoming;
        if (over || (asked != null && media == null)) {
            return;
        }
        if (asked == null || media == null) {
            fail("the call has no header");
            return;
        }
        try {
            submit(asked, media.complete());
            incoming = null;
        } catch (TranscodeException e) {
            refuse(e.reason(), String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            broken(e);
        }
    }

    @Override
    public void onError(Throwable cause) {
        gone();
    }

    /** The caller has gone: nothing is owed to it. */
    synchronized void gone() {
        answer.stop();
        end();
    }

    private void begin(ExecuteOrder asked) throws IOException {
        order = asked;
        Works.Found found = parts.works().find(asked.requestId());
        if (found != null) {
            await(found, asked);
            return;
        }
        if (asked.keptOnly()) {
            refuse(Reason.NotKept, "no answer is kept for this request id");
            return;
        }
        if (parts.draining().getAsBoolean()) {
            refuse(Reason.WorkerDraining, "the worker stops and takes no more work");
            return;
        }
        place = parts.works().reserve();
        if (place == null) {
            refuse(Reason.TranscoderBusy, "all slots and waiting places are taken");
            return;
        }
        if (asked.reference() == null) {
            incoming = new IncomingMedia(asked.mediaBytes(), asked.contentHash(), parts.spool());
            expireAtDeadline(asked);
            return;
        }
        SegmentStore store = parts.store();
        if (store == null) {
            refuse(
                    Reason.InternalError,
                    "the media is in the segment store and this worker has none: start it with the"
                            + " deployment's shared directory");
            return;
        }
        submit(asked, new Source.Stored(store, asked.reference()));
    }

    private void submit(ExecuteOrder asked, Source source) {
        Works.Place taken = place;
        if (taken == null) {
            throw new IllegalStateException("no place was taken");
        }
        place = null;
        await(parts.works().submit(asked, source, taken), asked);
    }

    private void await(Works.Found found, ExecuteOrder asked) {
        if (found instanceof Works.Known known) {
            answer(known.outcome());
        } else if (found instanceof Works.Joined joined) {
            work = joined.work();
            expireAtDeadline(asked);
            joined.work()
                    .outcome()
                    .thenAccept(outcome -> answer(outcome))
                    .exceptionally(
                            e -> {
                                LOG.error("answer lost request={}", asked.requestId(), e);
                                return null;
                            });
        }
    }

    private void expireAtDeadline(ExecuteOrder asked) {
        if (deadline == null) {
            deadline =
                    parts.timer()
                            .schedule(
                                    () ->
                                            refuse(
                                                    Reason.DeadlineExceeded,
                                                    "not done within the deadline"),
                                    asked.deadlineNanos() - System.nanoTime(),
                                    TimeUnit.NANOSECONDS);
        }
    }

    private synchronized void answer(Outcome outcome) {
        ExecuteOrder asked = order;
        if (over || asked == null) {
            answer.send(outcome); // closes it
            return;
        }
        work = null;
        end();
        answer.send(parts.storage().fit(outcome, asked));
    }

    private synchronized void refuse(Reason reason, String detail) {
        if (!over) {
            end();
            parts.works().meters().refused(reason);
            answer.send(new Refused(reason, detail));
        }
    }

    private void broken(Exception e) {
        LOG.error("media not taken in cause={}", e.toString(), e);
        refuse(Reason.InternalError, "the worker cannot take in the media: " + e);
    }

    private void fail(String detail) {
        end();
        answer.fail(Status.INVALID_ARGUMENT.withDescription(detail));
    }

    private void end() {
        over = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (work != null) {
            work.leave();
            work = null;
        }
        if (place != null) {
            place.close();
            place = null;
        }
        if (incoming != null) {
            try {
                incoming.close();
            } catch (IOException e) {
                LOG.warn("media not removed cause={}", e.toString());
            }
            incoming = null;
        }
    }
}
