package org.livepeer.flink.connectors.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    private static final TopicPartition PARTITION = new TopicPartition("segments", 2);

    private final ReadAhead ahead = new ReadAhead(100);

    @Test
    void aRecordIsGivenOutOnce() {
        ahead.add(record(7, 10));

        assertThat(ahead.take(PARTITION, 7)).isNotNull();
        assertThat(ahead.take(PARTITION, 7)).isNull();
        assertThat(ahead.take(new TopicPartition("segments", 1), 7)).isNull();
    }

    @Test
    void theOldestGoesWhenThereIsTooMuch() {
        ahead.add(record(1, 60));
        ahead.add(record(2, 40));
        ahead.add(record(3, 40));

        assertThat(ahead.take(PARTITION, 1)).isNull();
        assertThat(ahead.take(PARTITION, 2)).isNotNull();
        assertThat(ahead.take(PARTITION, 3)).isNotNull();
    }

    @Test
    void whatWasTakenOrCameTwiceMakesNoRoomScarce() {
        ahead.add(record(1, 60));
        ahead.take(PARTITION, 1);
        ahead.add(record(2, 60));
        ahead.add(record(2, 60));
        ahead.add(record(3, 40));

        assertThat(ahead.take(PARTITION, 2)).isNotNull();
        assertThat(ahead.take(PARTITION, 3)).isNotNull();
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, int size) {
        return new ConsumerRecord<>(
                PARTITION.topic(),
                PARTITION.partition(),
                offset,
                0,
                TimestampType.CREATE_TIME,
                0,
                size,
                new byte[0],
                new byte[size],
                new RecordHeaders(),
                Optional.empty());
    }
}
