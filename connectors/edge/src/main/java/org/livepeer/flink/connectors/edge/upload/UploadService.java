package org.livepeer.flink.connectors.edge.upload;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.StreamTimeoutException;
import com.linecorp.armeria.common.stream.StreamMessage;
import com.linecorp.armeria.common.stream.StreamTimeoutMode;
import com.linecorp.armeria.server.AbstractHttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.EdgeLimits;
import org.livepeer.flink.connectors.edge.http.Replies;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.connectors.storage.StoreException;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.StoreReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code PUT} or {@code POST /upload}: streams a body into the segment store and answers with the
 * reference that a push then names in its headers. A body that stalls, is cut or too large leaves
 * nothing behind.
 */
public final class UploadService extends AbstractHttpService {
    private static final Logger LOG = LoggerFactory.getLogger(UploadService.class);

    private final SegmentStore store;
    private final Gate gate;
    private final EdgeLimits limits;
    private final Semaphore room;

    public UploadService(SegmentStore store, Gate gate, EdgeLimits limits) {
        this.store = store;
        this.gate = gate;
        this.limits = limits;
        this.room = new Semaphore(limits.uploads());
    }

    @Override
    protected HttpResponse doPost(ServiceRequestContext ctx, HttpRequest req) {
        return doPut(ctx, req);
    }

    @Override
    protected HttpResponse doPut(ServiceRequestContext ctx, HttpRequest req) {
        Optional<HttpResponse> refusal = gate.refusal(ctx, req.headers());
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (req.headers().contentLength() > limits.uploadBytes()) {
            return tooLarge();
        }
        if (!room.tryAcquire()) {
            return Replies.text(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    limits.uploads() + " uploads are running, try again in a moment");
        }
        StreamMessage<HttpData> body =
                req.split().body().timeout(limits.uploadStall(), StreamTimeoutMode.UNTIL_NEXT);
        return HttpResponse.of(
                CompletableFuture.supplyAsync(() -> answer(body), ctx.blockingTaskExecutor())
                        .whenComplete((answer, failure) -> room.release()));
    }

    private HttpResponse answer(StreamMessage<HttpData> body) {
        long deadline = System.nanoTime() + limits.uploadTime().toNanos();
        try (InputStream in = body.toInputStream(data -> data);
                SegmentStore.Upload upload = store.begin(limits.uploadBytes())) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (System.nanoTime() - deadline > 0) {
                    return tooSlow();
                }
                upload.write(ByteBuffer.wrap(buffer, 0, n));
            }
            return stored(upload.commit());
        } catch (StoreException e) {
            return refused(e);
        } catch (IOException | RuntimeException e) {
            return failed(e);
        } finally {
            body.abort();
        }
    }

    private static HttpResponse stored(StoreReference reference) {
        byte[] hash = new byte[reference.getHash().remaining()];
        reference.getHash().duplicate().get(hash);
        String json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("name", reference.getName())
                        .put("length", reference.getLength())
                        .put("sha256", HexFormat.of().formatHex(hash))
                        .toString();
        return HttpResponse.of(HttpStatus.OK, MediaType.JSON, json);
    }

    private HttpResponse refused(StoreException refusal) {
        if (refusal.reason() == Reason.SegmentTooLarge) {
            return tooLarge();
        }
        HttpStatus status =
                switch (refusal.reason()) {
                    case StorageFull -> HttpStatus.INSUFFICIENT_STORAGE;
                    case EmptySegment -> HttpStatus.BAD_REQUEST;
                    default -> HttpStatus.INTERNAL_SERVER_ERROR;
                };
        return Replies.text(status, refusal.reason() + ": " + refusal.getMessage());
    }

    private HttpResponse failed(Exception failure) {
        for (Throwable t = failure; t != null; t = cause(t)) {
            if (t instanceof StreamTimeoutException) {
                return tooSlow();
            }
            if (t instanceof ContentTooLargeException) {
                return tooLarge();
            }
        }
        LOG.debug("an upload ended early", failure);
        return Replies.text(
                HttpStatus.BAD_REQUEST, "the body was cut or could not be stored: send it again");
    }

    private static @Nullable Throwable cause(Throwable t) {
        return t.getCause();
    }

    private HttpResponse tooLarge() {
        return Replies.text(
                HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                "SegmentTooLarge: at most " + limits.uploadBytes() + " bytes are taken");
    }

    private HttpResponse tooSlow() {
        return Replies.text(
                HttpStatus.REQUEST_TIMEOUT,
                "too slow: a byte at least every "
                        + limits.uploadStall().toMillis()
                        + " ms, all of it within "
                        + limits.uploadTime().toMillis()
                        + " ms");
    }
}
