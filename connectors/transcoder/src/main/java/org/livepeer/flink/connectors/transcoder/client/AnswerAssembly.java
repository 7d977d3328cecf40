package org.livepeer.flink.connectors.transcoder.client;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.WorkerClient.Answer;
import org.livepeer.flink.operators.transcode.WorkerClient.Done;
import org.livepeer.flink.operators.transcode.WorkerClient.Failed;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.worker.ExecuteResponse;
import org.livepeer.flink.schemas.worker.RenditionHeader;
import org.livepeer.flink.schemas.worker.StoredMedia;

/**
 * Puts a worker's messages together and trusts none of them: renditions have to come in the order
 * of the profiles, complete, and with sizes that add up.
 */
final class AnswerAssembly {
    private static final long MOST_BYTES = 512L << 20;

    private final List<Profile> profiles;
    private final List<Rendition> renditions = new ArrayList<>();
    private @Nullable RenditionHeader open;
    private @Nullable ByteBuffer media;
    private long bytes;

    AnswerAssembly(List<Profile> profiles) {
        this.profiles = profiles;
    }

    /** Takes a message; an answer when it was the last one. */
    @Nullable Answer take(ExecuteResponse message) {
        switch (message.getPartCase()) {
            case RENDITION -> {
                return rendition(message.getRendition());
            }
            case CHUNK -> {
                return chunk(message.getChunk());
            }
            case DONE -> {
                if (open != null || renditions.size() != profiles.size()) {
                    return nonsense(
                            renditions.size() + " of " + profiles.size() + " renditions came");
                }
                return new Done(
                        renditions,
                        message.getDone().getDecodedPixels(),
                        message.getDone().getWorkMs(),
                        message.getDone().getKept());
            }
            case FAILURE -> {
                Reason reason = Reason.ofCode(message.getFailure().getReason());
                return new Failed(
                        reason,
                        message.getFailure().getDetail(),
                        message.getFailure().getRetryable());
            }
            default -> {
                return nonsense("an empty message");
            }
        }
    }

    private @Nullable Answer rendition(RenditionHeader header) {
        int index = renditions.size();
        if (open != null || index >= profiles.size()) {
            return nonsense("a rendition too many");
        }
        if (!header.getName().equals(profiles.get(index).getName())) {
            return nonsense("rendition '" + header.getName() + "' out of order");
        }
        bytes += header.getMediaBytes();
        boolean pixelsFit =
                header.getPixels()
                        == (long) header.getWidth() * header.getHeight() * header.getFrames();
        if (header.getMediaBytes() < 0 || bytes > MOST_BYTES || !pixelsFit) {
            return nonsense("rendition '" + header.getName() + "' has sizes that do not add up");
        }
        if (header.hasStored()) {
            close(header, ByteBuffer.allocate(0));
        } else {
            open = header;
            media = ByteBuffer.allocate((int) header.getMediaBytes());
            closeWhenFull();
        }
        return null;
    }

    private @Nullable Answer chunk(ByteString chunk) {
        ByteBuffer target = media;
        if (target == null || chunk.size() > target.remaining()) {
            return nonsense("more bytes than were announced");
        }
        chunk.copyTo(target);
        closeWhenFull();
        return null;
    }

    private void closeWhenFull() {
        RenditionHeader header = open;
        ByteBuffer full = media;
        if (header != null && full != null && !full.hasRemaining()) {
            full.flip();
            close(header, full);
        }
    }

    private void close(RenditionHeader header, ByteBuffer payload) {
        Profile profile = profiles.get(renditions.size());
        StoredMedia stored = header.hasStored() ? header.getStored() : null;
        renditions.add(
                Rendition.newBuilder()
                        .setName(header.getName())
                        .setWidth(header.getWidth())
                        .setHeight(header.getHeight())
                        .setFrames(header.getFrames())
                        .setPixels(header.getPixels())
                        .setBitrate(profile.getBitrate())
                        .setFormat(profile.getFormat())
                        .setCodecs(header.getCodecs())
                        .setPerceptualHash(
                                header.getPerceptualHash().isEmpty()
                                        ? null
                                        : ByteBuffer.wrap(header.getPerceptualHash().toByteArray()))
                        .setReference(
                                stored == null
                                        ? null
                                        : new StoreReference(
                                                stored.getName(),
                                                stored.getLength(),
                                                ByteBuffer.wrap(stored.getHash().toByteArray())))
                        .setPayload(payload)
                        .build());
        open = null;
        media = null;
    }

    static Failed nonsense(String what) {
        return new Failed(
                Reason.InternalError, "the worker's answer makes no sense: " + what, true);
    }
}
