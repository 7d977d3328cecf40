package org.livepeer.flink.connectors.transcoder.worker;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.auth.ClusterSecret;

/** Lets no call through that does not prove the cluster secret, before any of its body is read. */
final class CallAuthentication implements ServerInterceptor {
    /** Most inline bytes that the caller of the current call takes. */
    static final Context.Key<Long> MAX_INLINE =
            Context.keyWithDefault("livepeer-max-inline-bytes", Long.MAX_VALUE);

    private final byte[] proof;

    CallAuthentication(ClusterSecret secret, String workerId) {
        proof = secret.callProof(workerId).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String claimed = headers.get(CallMetadata.PROOF);
        if (claimed == null
                || !MessageDigest.isEqual(proof, claimed.getBytes(StandardCharsets.UTF_8))) {
            call.close(
                    Status.UNAUTHENTICATED.withDescription(
                            "the metadata "
                                    + ClusterSecret.CALL_HEADER
                                    + " is missing or wrong: caller and worker must use the same"
                                    + " cluster secret, and the caller this worker's id"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        Context context =
                Context.current()
                        .withValue(MAX_INLINE, inlineLimit(headers.get(CallMetadata.MAX_INLINE)));
        return Contexts.interceptCall(context, call, headers, next);
    }

    private static long inlineLimit(@Nullable String text) {
        return text == null || !text.matches("[0-9]{1,15}") ? Long.MAX_VALUE : Long.parseLong(text);
    }
}
