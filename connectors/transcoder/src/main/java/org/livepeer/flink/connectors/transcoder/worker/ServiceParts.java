package org.livepeer.flink.connectors.transcoder.worker;

import java.nio.file.Path;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.storage.SegmentStore;

/**
 * What every call works with.
 *
 * @param spool directory for large media on its way in
 * @param timer ends calls at their deadlines
 * @param draining whether no new work is taken
 */
record ServiceParts(
        Works works,
        RenditionStorage storage,
        @Nullable SegmentStore store,
        Path spool,
        ScheduledExecutorService timer,
        BooleanSupplier draining) {}
