package org.livepeer.flink.connectors.transcoder.client;

import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.transcode.WorkerClient;

/**
 * Makes gRPC clients of worker processes. Holds the secret itself and therefore does not travel:
 * what goes into a job graph is a factory that reads the secret where it runs and then uses this.
 *
 * @param secret what workers and this job share
 * @param maxInlineAnswerBytes most rendition bytes of one answer that come inline; a worker puts
 *     larger answers into its segment store and answers with references
 * @param media reads media back that a request does not carry; null when every request carries its
 *     media or a reference
 */
public record GrpcWorkerClientFactory(
        ClusterSecret secret, long maxInlineAnswerBytes, MediaReader.@Nullable Factory media)
        implements WorkerClient.Factory {

    public GrpcWorkerClientFactory {
        if (maxInlineAnswerBytes < 1 || maxInlineAnswerBytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "maxInlineAnswerBytes is "
                            + maxInlineAnswerBytes
                            + ", it must be 1 to "
                            + Integer.MAX_VALUE);
        }
    }

    @Override
    public WorkerClient create() {
        return new GrpcWorkerClient(
                secret, maxInlineAnswerBytes, media == null ? null : media.create());
    }
}
