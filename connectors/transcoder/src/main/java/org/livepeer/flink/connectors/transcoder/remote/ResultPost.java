package org.livepeer.flink.connectors.transcoder.remote;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.SessionProtocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.livepeer.flink.operators.transcode.Transcoded;

/**
 * Hands results in: {@code POST https://ORCHESTRATOR/transcodeResults} over HTTP/2, to the address
 * that this transcoder was given and never to one that came with the segment.
 */
final class ResultPost {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LONGEST_ANSWER = 64 << 10;
    private static final int TOLD = 200;

    private final WebClient client;
    private final OrchSecret secret;

    ResultPost(InetSocketAddress orchestrator, OrchSecret secret, ClientFactory connections) {
        client =
                WebClient.builder(
                                SessionProtocol.H2,
                                com.linecorp.armeria.client.Endpoint.of(
                                        orchestrator.getHostString(), orchestrator.getPort()))
                        .factory(connections)
                        .responseTimeout(LIMIT)
                        .writeTimeout(LIMIT)
                        .maxResponseLength(LONGEST_ANSWER)
                        .build();
        this.secret = secret;
    }

    /**
     * Hands renditions in.
     *
     * @throws IOException when the orchestrator did not take them, and what it said
     */
    void renditions(long task, Transcoded transcoded, boolean perceptualHash)
            throws IOException, InterruptedException {
        MultipartBody body = MultipartBody.of(transcoded, perceptualHash);
        post(task, transcoded.decodedPixels(), body.contentType(), body.pieces());
    }

    /**
     * Says that there are none.
     *
     * @param text as in {@link ErrorText}
     * @throws IOException when the orchestrator did not take it, and what it said
     */
    void failure(long task, String text) throws IOException, InterruptedException {
        post(task, 0, "livepeer/transcoding-error", List.of(HttpData.ofUtf8(text)));
    }

    private void post(long task, long decodedPixels, String contentType, List<HttpData> body)
            throws IOException, InterruptedException {
        long length = body.stream().mapToLong(HttpData::length).sum();
        RequestHeaders headers =
                RequestHeaders.builder(HttpMethod.POST, "/transcodeResults")
                        .add("authorization", "Livepeer-Transcoder-1.0")
                        .add("credentials", secret.text())
                        .add("content-type", contentType)
                        .add("content-length", Long.toString(length))
                        .add("taskid", Long.toString(task))
                        .add("pixels", Long.toString(decodedPixels))
                        .build();
        HttpRequest request = HttpRequest.of(headers, body.toArray(HttpData[]::new));
        AggregatedHttpResponse answer;
        try {
            answer = send(request);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        }
        if (!answer.status().isSuccess()) {
            String said = answer.contentUtf8().strip();
            throw new IOException(
                    "status "
                            + answer.status().code()
                            + " "
                            + said.substring(0, Math.min(TOLD, said.length())));
        }
    }

    /** A connection that was kept open may have ended meanwhile: one more try. */
    private AggregatedHttpResponse send(HttpRequest request)
            throws ExecutionException, InterruptedException {
        var again = request.toDuplicator();
        try {
            return await(client.execute(again.duplicate()).aggregate());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnprocessedRequestException) {
                return await(client.execute(again.duplicate()).aggregate());
            }
            throw e;
        } finally {
            again.close();
        }
    }

    private static AggregatedHttpResponse await(CompletableFuture<AggregatedHttpResponse> answer)
            throws ExecutionException, InterruptedException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        }
    }
}
