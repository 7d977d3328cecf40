package org.livepeer.flink.connectors.transcoder.worker;

import io.grpc.Metadata;
import org.livepeer.flink.operators.auth.ClusterSecret;

/** What travels beside a call to a worker, and the sizes that both sides keep to. */
public final class CallMetadata {
    /** Proof of knowing the cluster secret: {@link ClusterSecret#callProof} of the worker's id. */
    public static final Metadata.Key<String> PROOF =
            Metadata.Key.of(ClusterSecret.CALL_HEADER, Metadata.ASCII_STRING_MARSHALLER);

    /**
     * Most rendition bytes, in sum, that the caller takes inline; a larger answer comes as store
     * references. Optional; decimal.
     */
    public static final Metadata.Key<String> MAX_INLINE =
            Metadata.Key.of("livepeer-max-inline-bytes", Metadata.ASCII_STRING_MARSHALLER);

    /** Most media bytes in one message. */
    public static final int CHUNK_BYTES = 1 << 19;

    /** Largest message that is accepted. */
    public static final int MAX_MESSAGE_BYTES = 16 << 20;

    /** Bytes of a call that may wait to be sent: a usual segment goes out in one go. */
    public static final int MOST_WAITING_BYTES = 2 << 20;

    /** HTTP/2 window: bytes on the way before the receiver has to take some. */
    public static final int FLOW_CONTROL_WINDOW = 8 << 20;

    private CallMetadata() {}
}
