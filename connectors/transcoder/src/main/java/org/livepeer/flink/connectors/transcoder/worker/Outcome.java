package org.livepeer.flink.connectors.transcoder.worker;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.worker.RenditionHeader;

/** What became of a request. */
sealed interface Outcome extends Closeable {
    @Override
    default void close() throws IOException {}

    /**
     * @param header with {@code stored} set, or else followed by the content
     * @param content empty when stored
     */
    record Media(RenditionHeader header, Content content) {}

    /**
     * @param renditions in the order of the profiles
     * @param workMs ms the engine took
     * @param kept whether it is the answer to an earlier call
     * @param file what the contents are read from; closed after the answer
     */
    record Finished(
            List<Media> renditions, long decodedPixels, long workMs, boolean kept, Closeable file)
            implements Outcome {
        /** Bytes that are not in the store. */
        long inlineBytes() {
            return renditions.stream().mapToLong(media -> media.content().length()).sum();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /**
     * @param detail for a person
     */
    record Refused(Reason reason, String detail) implements Outcome {}
}
