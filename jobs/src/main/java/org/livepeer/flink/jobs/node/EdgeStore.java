package org.livepeer.flink.jobs.node;

import java.io.IOException;
import java.io.InputStream;
import org.livepeer.flink.connectors.edge.store.MediaStore;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.connectors.storage.StoreFullException;
import org.livepeer.flink.schemas.StoreReference;

/** The segment store as the edge needs it. */
record EdgeStore(SegmentStore store) implements MediaStore {
    @Override
    public StoreReference put(InputStream media) throws IOException {
        try {
            return store.put(media, SegmentStore.LARGEST_OBJECT);
        } catch (StoreFullException e) {
            throw new MediaStore.StoreFullException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public InputStream open(StoreReference reference) throws IOException {
        return store.open(reference);
    }
}
