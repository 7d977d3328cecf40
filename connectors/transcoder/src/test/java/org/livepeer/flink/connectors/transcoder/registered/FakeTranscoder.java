package org.livepeer.flink.connectors.transcoder.registered;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.livepeer.flink.schemas.net.Capabilities;
import org.livepeer.flink.schemas.net.NotifySegment;
import org.livepeer.flink.schemas.net.RegisterRequest;

/** A transcoder that does just what the test says. */
final class FakeTranscoder {
    final BlockingQueue<NotifySegment> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<Status> end = new CompletableFuture<>();
    private volatile ClientCallStreamObserver<RegisterRequest> call;

    FakeTranscoder(Desk desk, String secret, long capacity, long... capabilities) {
        RegisterRequest.Builder request =
                RegisterRequest.newBuilder().setSecret(secret).setCapacity(capacity);
        if (capabilities.length > 0) {
            Capabilities.Builder offered = Capabilities.newBuilder().setVersion("0.9.1");
            for (long word : capabilities) {
                offered.addBitstring(word);
            }
            request.setCapabilities(offered);
        }
        desk.stub().registerTranscoder(request.build(), new Answers());
    }

    private final class Answers implements ClientResponseObserver<RegisterRequest, NotifySegment> {
        @Override
        public void beforeStart(ClientCallStreamObserver<RegisterRequest> started) {
            call = started;
        }

        @Override
        public void onNext(NotifySegment message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable error) {
            end.complete(Status.fromThrowable(error));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }
    }

    NotifySegment message() throws InterruptedException {
        NotifySegment message = messages.poll(10, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no segment came");
        }
        return message;
    }

    /** Its connection breaks. */
    void die() {
        call.cancel("killed", null);
    }

    static RequestHeadersBuilder result(long task, String type) {
        return RequestHeaders.builder(HttpMethod.POST, "/transcodeResults")
                .set("authorization", "Livepeer-Transcoder-1.0")
                .set("credentials", Desk.SECRET)
                .set("taskid", Long.toString(task))
                .set("pixels", "100")
                .set("content-type", type);
    }

    static AggregatedHttpResponse post(WebClient at, RequestHeadersBuilder headers, String body) {
        return at.execute(headers.build(), HttpData.ofUtf8(body)).aggregate().join();
    }

    /** Renditions as parts, of those pixels each. */
    static String parts(long... pixels) {
        StringBuilder body = new StringBuilder();
        for (long each : pixels) {
            body.append("--b\r\nContent-Length: 5\r\nContent-Type: video/mp2t\r\nPixels: ")
                    .append(each)
                    .append("\r\n\r\nmedia\r\n");
        }
        return body + "--b--\r\n";
    }
}
