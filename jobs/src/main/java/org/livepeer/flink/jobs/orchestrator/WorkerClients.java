package org.livepeer.flink.jobs.orchestrator;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.client.KafkaMediaReader;
import org.livepeer.flink.connectors.transcoder.client.GrpcWorkerClientFactory;
import org.livepeer.flink.connectors.transcoder.client.MediaReader;
import org.livepeer.flink.operators.admit.Admission;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.operators.segment.HeldMedia;
import org.livepeer.flink.operators.segment.InvalidSegmentException;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.TopicRecord;

/**
 * Clients of worker processes that take media from where Admit held it, or read it back from {@code
 * segments}.
 *
 * @param kafka where segments are
 * @param secret read by each process itself
 */
public record WorkerClients(KafkaAddress kafka, SecretSource secret)
        implements WorkerClient.Factory {
    private static final long MOST_INLINE_ANSWER_BYTES = 12 << 20;

    @Override
    public WorkerClient create() {
        KafkaAddress address = kafka;
        return new GrpcWorkerClientFactory(
                        secret.secret(), MOST_INLINE_ANSWER_BYTES, () -> new FromTopic(address))
                .create();
    }

    private static final class FromTopic implements MediaReader {
        private final KafkaMediaReader reader;

        FromTopic(KafkaAddress address) {
            this.reader = new KafkaMediaReader(address);
        }

        @Override
        public CompletableFuture<ByteBuffer> read(Coordinates origin) {
            ByteBuffer held = HeldMedia.here().find(origin);
            return held != null
                    ? CompletableFuture.completedFuture(held)
                    : reader.read(origin).thenApply(FromTopic::media);
        }

        private static ByteBuffer media(TopicRecord record) {
            try {
                return Admission.mediaOf(record);
            } catch (InvalidSegmentException e) {
                throw new CompletionException(e);
            }
        }

        @Override
        public void close() {
            reader.close();
        }
    }
}
