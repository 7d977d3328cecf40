package org.livepeer.flink.connectors.transcoder.registered;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;

/** Segments that transcoders of this edge work on, by the number of their task. Thread-safe. */
final class Tasks {
    private final ConcurrentMap<Long, Task> open = new ConcurrentHashMap<>();

    /**
     * One of them.
     *
     * @param job what is to be made
     * @param result completes with the renditions, or with a {@link TranscodeException}
     */
    record Task(long number, TranscodeJob job, CompletableFuture<Transcoded> result)
            implements AutoCloseable {
        void fail(TranscodeException failure) {
            result.completeExceptionally(failure);
        }

        @Override
        public void close() {
            result.cancel(false);
        }
    }

    Task open(long number, TranscodeJob job) {
        Task task = new Task(number, job, new CompletableFuture<>());
        open.put(number, task);
        task.result().whenComplete((renditions, failure) -> open.remove(number));
        return task;
    }

    /** The task of that number while nobody has answered it. */
    @Nullable Task find(long number) {
        return open.get(number);
    }

    int count() {
        return open.size();
    }
}
