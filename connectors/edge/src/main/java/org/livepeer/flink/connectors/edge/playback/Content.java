package org.livepeer.flink.connectors.edge.playback;

import java.nio.file.Path;
import org.livepeer.flink.schemas.StoreReference;

/** Where a rendition's bytes are. */
public sealed interface Content {

    /** Size in bytes. */
    long length();

    /** In memory: as it came from Kafka. */
    record Inline(byte[] bytes) implements Content {
        @Override
        public long length() {
            return bytes.length;
        }
    }

    /** In a file of the edge's own. */
    record Cached(Path file, long length) implements Content {}

    /** In the segment store. */
    record Stored(StoreReference reference) implements Content {
        @Override
        public long length() {
            return reference.getLength();
        }
    }
}
