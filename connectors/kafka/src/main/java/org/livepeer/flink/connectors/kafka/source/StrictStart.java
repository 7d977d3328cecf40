package org.livepeer.flink.connectors.kafka.source;

import java.util.Collection;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Begins where it is told and never jumps: an offset that the broker no longer has fails the job
 * loudly instead of skipping records.
 */
final class StrictStart implements OffsetsInitializer {
    private static final long serialVersionUID = 1L;

    private final OffsetsInitializer start;

    StrictStart(OffsetsInitializer start) {
        this.start = start;
    }

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
            Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
        Map<TopicPartition, Long> offsets =
                new java.util.HashMap<>(start.getPartitionOffsets(partitions, retriever));
        // The markers for earliest and latest would be resolved by the reader: do it now.
        Map<TopicPartition, Long> beginnings = retriever.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = retriever.endOffsets(partitions);
        offsets.replaceAll(
                (partition, offset) ->
                        offset >= 0
                                ? offset
                                : offset == -2
                                        ? beginnings.getOrDefault(partition, 0L)
                                        : ends.getOrDefault(partition, 0L));
        return offsets;
    }

    @Override
    @SuppressWarnings("deprecation")
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
        return OffsetResetStrategy.NONE;
    }
}
