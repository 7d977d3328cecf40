package org.livepeer.flink.connectors.transcoder.worker;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.connectors.storage.StoreException;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Finished;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Media;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Refused;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.worker.StoredMedia;

/** Moves renditions into the segment store when the caller wants that or they are too large. */
final class RenditionStorage {
    private final @Nullable SegmentStore store;

    RenditionStorage(@Nullable SegmentStore store) {
        this.store = store;
    }

    /** The outcome in the form that the order asks for; the given one when it has it already. */
    Outcome fit(Outcome outcome, ExecuteOrder order) {
        if (!(outcome instanceof Finished finished)) {
            return outcome;
        }
        long inline = finished.inlineBytes();
        boolean tooLarge = inline > order.maxInlineBytes();
        if (inline == 0 || !(order.storeRenditions() || tooLarge)) {
            return outcome;
        }
        try (finished) {
            return store == null ? noStore(inline, order) : stored(finished, store);
        } catch (StoreException e) {
            return new Refused(e.reason(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new Refused(Reason.InternalError, "cannot store the renditions: " + e);
        }
    }

    private static Refused noStore(long inline, ExecuteOrder order) {
        return new Refused(
                Reason.InternalError,
                "renditions of "
                        + inline
                        + " bytes have to go to the segment store ("
                        + order.maxInlineBytes()
                        + " may be inline) and this worker has none: start it with the"
                        + " deployment's shared directory");
    }

    private static Finished stored(Finished finished, SegmentStore store) throws IOException {
        List<Media> renditions = new ArrayList<>();
        for (Media media : finished.renditions()) {
            renditions.add(media.content().length() == 0 ? media : stored(media, store));
        }
        return new Finished(
                List.copyOf(renditions),
                finished.decodedPixels(),
                finished.workMs(),
                finished.kept(),
                () -> {});
    }

    private static Media stored(Media media, SegmentStore store) throws IOException {
        Content content = media.content();
        try (SegmentStore.Upload upload = store.begin(content.length())) {
            for (long at = 0; at < content.length(); at += CallMetadata.CHUNK_BYTES) {
                int count = (int) Math.min(CallMetadata.CHUNK_BYTES, content.length() - at);
                upload.write(content.read(at, count).asReadOnlyByteBuffer());
            }
            StoreReference reference = upload.commit();
            StoredMedia.Builder stored =
                    StoredMedia.newBuilder()
                            .setName(reference.getName())
                            .setLength(reference.getLength())
                            .setHash(ByteString.copyFrom(reference.getHash().duplicate()));
            return new Media(
                    media.header().toBuilder().setStored(stored).build(),
                    new Content.InMemory(ByteBuffer.allocate(0)));
        }
    }
}
