package org.livepeer.flink.connectors.ethereum.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * JSON to an endpoint, and JSON back: all of it in a bounded time, and no more than memory has room
 * for. Thread-safe.
 */
final class Post {
    /** Bytes of an answer. */
    static final int MOST_BYTES = 32 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    private static final int BROKEN = 500;

    private final HttpClient http;
    private final Duration patience;

    /**
     * @param patience until the last byte of an answer is there
     */
    Post(Duration patience) {
        this.patience = patience;
        this.http = HttpClient.newBuilder().connectTimeout(patience).build();
    }

    /**
     * Asks.
     *
     * @throws IOException when what comes back is no answer in JSON
     */
    JsonNode ask(URI endpoint, JsonNode question) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send(endpoint, question);
        int status = response.statusCode();
        JsonNode answer;
        try {
            answer = JSON.readTree(response.body());
        } catch (IOException e) {
            // Its text would show what came.
            throw new IOException("status " + status + " and no JSON");
        }
        if (status != OK && !answer.path("error").isObject()) {
            throw new IOException("status " + status + " and no answer");
        }
        if (status >= BROKEN || status == TOO_MANY) {
            throw new IOException("status " + status);
        }
        return answer;
    }

    private HttpResponse<byte[]> send(URI endpoint, JsonNode question)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(endpoint)
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(question.toString()))
                        .build();
        CompletableFuture<HttpResponse<byte[]>> coming =
                http.sendAsync(request, info -> new Bounded());
        try {
            // A request's own timeout ends with the head of the answer.
            return coming.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no whole answer within " + patience.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            coming.cancel(true);
        }
    }

    /** Gives up on a body that is too large. */
    private static final class Bounded implements BodySubscriber<byte[]> {
        private final BodySubscriber<byte[]> all = BodySubscribers.ofByteArray();
        private Flow.@Nullable Subscription subscription;
        private long bytes;

        @Override
        public CompletionStage<byte[]> getBody() {
            return all.getBody();
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            all.onSubscribe(subscription);
        }

        @Override
        public void onNext(List<ByteBuffer> part) {
            bytes += part.stream().mapToLong(ByteBuffer::remaining).sum();
            if (bytes <= MOST_BYTES) {
                all.onNext(part);
                return;
            }
            if (subscription != null) {
                subscription.cancel();
            }
            all.onError(new IOException("an answer of more than " + MOST_BYTES + " bytes"));
        }

        @Override
        public void onError(Throwable cause) {
            all.onError(cause);
        }

        @Override
        public void onComplete() {
            all.onComplete();
        }
    }
}
