package org.livepeer.flink.connectors.edge.orchestrator;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.StoreReference;

/** Keccak-256 of renditions, which the signature of a result is over. */
final class RenditionHashes {
    private final SegmentStore store;

    RenditionHashes(SegmentStore store) {
        this.store = store;
    }

    /** In their order, 32 bytes each. */
    List<byte[]> of(List<Rendition> renditions) throws IOException {
        List<byte[]> hashes = new ArrayList<>(renditions.size());
        for (Rendition rendition : renditions) {
            hashes.add(of(rendition));
        }
        return hashes;
    }

    private byte[] of(Rendition rendition) throws IOException {
        StoreReference reference = rendition.getReference();
        if (reference == null) {
            return Keccak256.of(Bytes.of(rendition.getPayload()));
        }
        Keccak256 hash = new Keccak256();
        try (InputStream in = store.open(reference)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                hash.update(buffer, 0, n);
            }
        }
        return hash.digest();
    }
}
