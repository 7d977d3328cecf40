package org.livepeer.flink.connectors.transcoder.client;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.storage.ObjectName;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.WorkerClient.Answer;
import org.livepeer.flink.operators.transcode.WorkerClient.Done;
import org.livepeer.flink.operators.transcode.WorkerClient.Failed;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.worker.ExecuteResponse;
import org.livepeer.flink.schemas.worker.Failure;
import org.livepeer.flink.schemas.worker.RenditionHeader;
import org.livepeer.flink.schemas.worker.StoredMedia;

/**
 * Puts an answer together from its messages and believes none of them: names, order, sizes and
 * pixel counts have to fit the request and each other. For one thread at a time.
 */
final class AnswerAssembly {
    private final List<Profile> profiles;
    private final long maxInlineBytes;
    private final List<Rendition> renditions = new ArrayList<>();
    private @Nullable ByteBuffer filling;
    private long inlineBytes;
    private @Nullable Answer answer;

    AnswerAssembly(List<Profile> profiles, long maxInlineBytes) {
        this.profiles = profiles;
        this.maxInlineBytes = maxInlineBytes;
    }

    /** An answer that makes no sense; the message says why. */
    static final class NonsenseException extends Exception {
        NonsenseException(String what) {
            super("the worker's answer makes no sense: " + what);
        }
    }

    void add(ExecuteResponse part) throws NonsenseException {
        require(answer == null, "it went on after its end");
        switch (part.getPartCase()) {
            case RENDITION -> begin(part.getRendition());
            case CHUNK -> fill(part.getChunk());
            case DONE -> {
                requireComplete();
                require(
                        renditions.size() == profiles.size(),
                        renditions.size() + " renditions for " + profiles.size() + " profiles");
                require(
                        part.getDone().getDecodedPixels() >= 0 && part.getDone().getWorkMs() >= 0,
                        "negative numbers");
                answer =
                        new Done(
                                List.copyOf(renditions),
                                part.getDone().getDecodedPixels(),
                                part.getDone().getWorkMs(),
                                part.getDone().getKept());
            }
            case FAILURE -> answer = failed(part.getFailure());
            case PART_NOT_SET -> throw new NonsenseException("an empty message");
        }
    }

    /** The whole answer, at the end of the call. */
    Answer complete() throws NonsenseException {
        Answer whole = answer;
        if (whole == null) {
            throw new NonsenseException("it ended without a result or a failure");
        }
        return whole;
    }

    private void begin(RenditionHeader header) throws NonsenseException {
        requireComplete();
        int index = renditions.size();
        require(index < profiles.size(), "more renditions than profiles");
        Profile profile = profiles.get(index);
        require(
                header.getName().equals(profile.getName()),
                "rendition " + index + " has not the name of its profile " + profile.getName());
        long width = header.getWidth();
        long height = header.getHeight();
        long frames = header.getFrames();
        require(
                width > 0 && width <= 1 << 16 && height > 0 && height <= 1 << 16,
                "a rendition of " + width + "x" + height + " pixels");
        require(
                frames > 0 && frames <= 1L << 30 && header.getPixels() == width * height * frames,
                header.getPixels() + " pixels in " + frames + " frames of " + width + "x" + height);
        long bytes = header.getMediaBytes();
        require(bytes > 0, "a rendition without media");
        ByteBuffer payload = ByteBuffer.allocate(0);
        if (!header.hasStored()) {
            require(
                    bytes <= maxInlineBytes - inlineBytes,
                    "more than the " + maxInlineBytes + " bytes that may come inline");
            inlineBytes += bytes;
            payload = ByteBuffer.allocate((int) bytes);
            filling = payload.duplicate();
        }
        renditions.add(
                Rendition.newBuilder()
                        .setName(profile.getName())
                        .setWidth(header.getWidth())
                        .setHeight(header.getHeight())
                        .setFrames(frames)
                        .setPixels(header.getPixels())
                        .setBitrate(profile.getBitrate())
                        .setFormat(profile.getFormat())
                        .setCodecs(header.getCodecs())
                        .setPerceptualHash(
                                header.getPerceptualHash().isEmpty()
                                        ? null
                                        : ByteBuffer.wrap(header.getPerceptualHash().toByteArray()))
                        .setReference(header.hasStored() ? reference(header) : null)
                        .setPayload(payload)
                        .build());
    }

    private void fill(ByteString chunk) throws NonsenseException {
        ByteBuffer target = filling;
        require(
                target != null && chunk.size() <= target.remaining(),
                "more media than was announced");
        if (target != null) {
            chunk.copyTo(target);
        }
    }

    private void requireComplete() throws NonsenseException {
        require(filling == null || !filling.hasRemaining(), "less media than was announced");
        filling = null;
    }

    private static StoreReference reference(RenditionHeader header) throws NonsenseException {
        StoredMedia stored = header.getStored();
        require(
                ObjectName.isValid(stored.getName())
                        && stored.getLength() == header.getMediaBytes()
                        && stored.getLength() <= SegmentStore.LARGEST_OBJECT
                        && stored.getHash().size() == 32,
                "a store reference that no segment store gives out");
        return new StoreReference(
                stored.getName(),
                stored.getLength(),
                ByteBuffer.wrap(stored.getHash().toByteArray()));
    }

    private static Failed failed(Failure failure) {
        Reason reason = Reason.ofCode(failure.getReason());
        String detail =
                reason.name().equals(failure.getReason())
                        ? failure.getDetail()
                        : failure.getReason() + ": " + failure.getDetail();
        return new Failed(reason, detail, failure.getRetryable());
    }

    private static void require(boolean holds, String what) throws NonsenseException {
        if (!holds) {
            throw new NonsenseException(what);
        }
    }
}
