package org.livepeer.flink.connectors.transcoder.client;

import com.google.protobuf.ByteString;
import org.livepeer.flink.operators.transcode.WorkerClient.Order;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.worker.ClipRange;
import org.livepeer.flink.schemas.worker.ExecuteHeader;
import org.livepeer.flink.schemas.worker.RenditionProfile;
import org.livepeer.flink.schemas.worker.StoredMedia;

/** An order as the first message of a call. */
final class ExecuteHeaders {
    private ExecuteHeaders() {}

    static ExecuteHeader of(Order order) {
        Request request = order.placed().getRequest();
        ExecuteHeader.Builder header =
                ExecuteHeader.newBuilder()
                        .setRequestId(request.getRequestId())
                        .setManifestId(request.getManifestId())
                        .setSessionId(order.placed().getPlacement().getSessionId())
                        .setOrdinal(order.placed().getPlacement().getOrdinal())
                        .setSeq(request.getSeq())
                        .setDurationMs(request.getDurationMs())
                        .setCalcPerceptualHash(request.getCalcPerceptualHash())
                        .setDeadlineMs(order.timeoutMs())
                        .setContentHash(ByteString.copyFrom(request.getContentHash().duplicate()))
                        .setMediaBytes(request.getMediaBytes())
                        .setKeptOnly(order.keptOnly())
                        .setMaxPixels(order.maxPixels());
        for (Profile profile : request.getProfiles()) {
            header.addProfiles(profile(profile));
        }
        if (request.getClip() != null) {
            header.setClip(
                    ClipRange.newBuilder()
                            .setFromMs(request.getClip().getFromMs())
                            .setToMs(request.getClip().getToMs()));
        }
        StoreReference reference = request.getReference();
        if (reference != null) {
            header.setStored(
                            StoredMedia.newBuilder()
                                    .setName(reference.getName())
                                    .setLength(reference.getLength())
                                    .setHash(ByteString.copyFrom(reference.getHash().duplicate())))
                    .setStoreRenditions(true);
        }
        return header.build();
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
}
