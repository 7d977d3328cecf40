package org.livepeer.flink.operators.transcode;

import java.io.Serializable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.PlacedRequest;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.WorkerAddress;

/** Calls worker processes. Never blocks; thread-safe. */
public interface WorkerClient extends AutoCloseable {
    /**
     * Sends one request to one worker. The future always completes, and with an {@link Answer} for
     * everything that can happen out there; an exception is a bug of the caller.
     *
     * @param worker whom to ask
     * @param order what to do; its request id is the idempotency key
     */
    CompletableFuture<Answer> execute(WorkerAddress worker, Order order);

    @Override
    void close();

    /**
     * @param placed the request; its store reference is named, or without one its media found by
     *     its origin
     * @param keptOnly answer from the kept result or with {@link Reason#NotKept}
     * @param maxPixels most pixels to encode, 0 for no limit
     * @param timeoutMs time for the whole call
     */
    record Order(PlacedRequest placed, boolean keptOnly, long maxPixels, long timeoutMs) {}

    /** What came of a call. */
    sealed interface Answer {}

    /**
     * @param renditions in the order of the profiles
     * @param decodedPixels pixels decoded from the source
     * @param workMs ms the engine took
     * @param kept whether it is the kept result of an earlier call
     */
    record Done(List<Rendition> renditions, long decodedPixels, long workMs, boolean kept)
            implements Answer {}

    /**
     * @param reason reason code
     * @param detail for a person
     * @param retryable whether another worker may succeed
     */
    record Failed(Reason reason, String detail, boolean retryable) implements Answer {}

    /** Makes the client of one subtask; travels to it. */
    @FunctionalInterface
    interface Factory extends Serializable {
        WorkerClient create();
    }
}
