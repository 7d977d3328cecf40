package org.livepeer.flink.connectors.transcoder.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.transcoder.worker.CallMetadata;
import org.livepeer.flink.operators.transcode.WorkerClient.Order;
import org.livepeer.flink.schemas.PlacedRequest;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.worker.ClipRange;
import org.livepeer.flink.schemas.worker.ExecuteHeader;
import org.livepeer.flink.schemas.worker.ExecuteRequest;
import org.livepeer.flink.schemas.worker.RenditionProfile;
import org.livepeer.flink.schemas.worker.StoredMedia;

/** A request as messages: the header, then the media in chunks that share its memory. */
final class RequestMessages {
    private final Order order;
    private final ByteBuffer media;
    private final long deadlineMs;
    private boolean headerSent;

    /**
     * @param media bytes to send, empty when none are; its position does not change
     * @param deadlineMs time left for the worker
     */
    RequestMessages(Order order, ByteBuffer media, long deadlineMs) {
        this.order = order;
        this.media = media.duplicate();
        this.deadlineMs = deadlineMs;
    }

    /** The next message; null at the end. */
    @Nullable ExecuteRequest next() {
        if (!headerSent) {
            headerSent = true;
            return ExecuteRequest.newBuilder().setHeader(header()).build();
        }
        if (!media.hasRemaining()) {
            return null;
        }
        int count = Math.min(CallMetadata.CHUNK_BYTES, media.remaining());
        ByteBuffer chunk = media.slice(media.position(), count);
        media.position(media.position() + count);
        return ExecuteRequest.newBuilder().setChunk(UnsafeByteOperations.unsafeWrap(chunk)).build();
    }

    private ExecuteHeader header() {
        PlacedRequest placed = order.placed();
        Request request = placed.getRequest();
        StoreReference reference = request.getReference();
        ExecuteHeader.Builder header =
                ExecuteHeader.newBuilder()
                        .setRequestId(request.getRequestId())
                        .setManifestId(request.getManifestId())
                        .setSessionId(placed.getPlacement().getSessionId())
                        .setOrdinal(placed.getPlacement().getOrdinal())
                        .setSeq(request.getSeq())
                        .setDurationMs(request.getDurationMs())
                        .setCalcPerceptualHash(request.getCalcPerceptualHash())
                        .setDeadlineMs(deadlineMs)
                        .setContentHash(bytes(request.getContentHash()))
                        .setKeptOnly(order.keptOnly())
                        .setMaxPixels(order.maxPixels())
                        .setStoreRenditions(reference != null);
        request.getProfiles().forEach(profile -> header.addProfiles(profile(profile)));
        if (request.getClip() != null) {
            header.setClip(
                    ClipRange.newBuilder()
                            .setFromMs(request.getClip().getFromMs())
                            .setToMs(request.getClip().getToMs()));
        }
        if (media.hasRemaining() || reference == null) {
            return header.setMediaBytes(media.remaining()).build();
        }
        return header.setMediaBytes(reference.getLength())
                .setStored(
                        StoredMedia.newBuilder()
                                .setName(reference.getName())
                                .setLength(reference.getLength())
                                .setHash(bytes(reference.getHash())))
                .build();
    }

    private static RenditionProfile profile(Profile profile) {
        return RenditionProfile.newBuilder()
                .setName(profile.getName())
                .setWidth(profile.getWidth())
                .setHeight(profile.getHeight())
                .setBitrate(profile.getBitrate())
                .setFps(profile.getFps())
                .setFpsDen(profile.getFpsDen())
                .setGopMs(profile.getGopMs())
                .setEncoderProfile(profile.getProfile().name())
                .setCodec(profile.getCodec().name())
                .setFormat(profile.getFormat().name())
                .setQuality(profile.getQuality())
                .build();
    }

    private static ByteString bytes(ByteBuffer buffer) {
        return ByteString.copyFrom(buffer.duplicate());
    }
}
