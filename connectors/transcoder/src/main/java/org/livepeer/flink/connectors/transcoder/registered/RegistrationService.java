package org.livepeer.flink.connectors.transcoder.registered;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.security.MessageDigest;
import org.livepeer.flink.connectors.transcoder.remote.OrchSecret;
import org.livepeer.flink.schemas.net.NotifySegment;
import org.livepeer.flink.schemas.net.RegisterRequest;
import org.livepeer.flink.schemas.net.TranscoderGrpc;

/**
 * {@code net.Transcoder}. The call stays open for as long as the transcoder is registered. Refusals
 * are go-livepeer's: after these two a transcoder ends itself.
 */
final class RegistrationService extends TranscoderGrpc.TranscoderImplBase {
    private final OrchSecret secret;
    private final Arrivals arrivals;

    /** Takes transcoders in. */
    interface Arrivals {
        /** Must not block; the stream is open. */
        void arrived(RegisterRequest request, ServerCallStreamObserver<NotifySegment> stream);
    }

    RegistrationService(OrchSecret secret, Arrivals arrivals) {
        this.secret = secret;
        this.arrivals = arrivals;
    }

    @Override
    public void registerTranscoder(RegisterRequest request, StreamObserver<NotifySegment> stream) {
        boolean known =
                MessageDigest.isEqual(
                        secret.text().getBytes(UTF_8), request.getSecret().getBytes(UTF_8));
        if (!known) {
            refuse(stream, "invalid secret");
        } else if (request.getCapacity() <= 0) {
            refuse(stream, "zero capacity");
        } else {
            arrivals.arrived(request, (ServerCallStreamObserver<NotifySegment>) stream);
        }
    }

    private static void refuse(StreamObserver<NotifySegment> stream, String text) {
        stream.onError(Status.UNKNOWN.withDescription(text).asRuntimeException());
    }
}
