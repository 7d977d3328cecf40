package org.livepeer.flink.connectors.edge.orchestrator;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.livepeer.flink.connectors.edge.reply.RenditionIndex;
import org.livepeer.flink.schemas.Rendition;

/** Where a gateway fetches the renditions of an answer. */
@FunctionalInterface
interface RenditionUrls {
    /**
     * Their URLs in their order, once something is there to be fetched. A video signature has its
     * rendition's URL with {@code .phash} behind it.
     *
     * @param timeMs after which it has failed, ms
     */
    CompletableFuture<List<String>> of(
            String session, long seq, List<Rendition> renditions, long timeMs);

    /**
     * Those of this deployment's edges.
     *
     * @param serviceUri without a slash at its end
     */
    static RenditionUrls below(String serviceUri) {
        return (session, seq, renditions, timeMs) ->
                CompletableFuture.completedFuture(
                        renditions.stream()
                                .map(each -> RenditionIndex.path(session, each, seq))
                                .map(path -> serviceUri + "/stream/" + path)
                                .toList());
    }
}
