package org.livepeer.flink.connectors.edge.reply;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.SegmentResult;

class RenditionIndexTest {
    private final RenditionIndex index = new RenditionIndex(Duration.ofSeconds(60), 4, 100);

    private void note(String session, long seq, int bytes, long atMs) {
        index.note(session, result(seq, bytes), message(seq), atMs);
    }

    private static ConsumerRecord<byte[], byte[]> message(long offset) {
        return new ConsumerRecord<>("results", 3, offset, null, null);
    }

    private static SegmentResult result(long seq, int bytes) {
        Rendition rendition =
                Rendition.newBuilder()
                        .setName("a")
                        .setWidth(1)
                        .setHeight(1)
                        .setFrames(1)
                        .setPixels(1)
                        .setBitrate(1)
                        .setFormat(OutputFormat.MPEGTS)
                        .setPayload(ByteBuffer.allocate(bytes))
                        .build();
        return SegmentResult.newBuilder()
                .setRequestId("r")
                .setManifestId("m")
                .setSeq(seq)
                .setStatus("ok")
                .setAcceptedAtMs(0)
                .setAnsweredAtMs(0)
                .setRenditions(List.of(rendition))
                .build();
    }

    @Test
    void whatIsNotReadYetIsAwaited() {
        var soon = index.await("s/a/1.ts", Duration.ofSeconds(60));
        var never = index.await("s/a/2.ts", Duration.ofMillis(1));
        assertThat(soon).isNotDone();

        note("s", 1, 60, 0);

        assertThat(soon.join()).isEqualTo(index.find("s/a/1.ts")).isPresent();
        assertThat(index.await("s/a/1.ts", Duration.ZERO).join()).isPresent();
        assertThat(never.join()).isEmpty();
    }

    @Test
    void whatCameLongAgoAndIsReadNowIsToldToo() {
        var soon = index.await("s/a/1.ts", Duration.ofSeconds(60));

        index.notePast("s", result(1, 60), message(1), 0);

        assertThat(soon).isCompletedWithValue(index.find("s/a/1.ts"));
        assertThat(soon.join()).isPresent();
    }

    @Test
    void noMoreAreAwaitedThanItHasRoomFor() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(index.await("s/a/" + i + ".ts", Duration.ofSeconds(60))).isNotDone();
        }
        assertThat(index.await("s/a/1000.ts", Duration.ofSeconds(60)))
                .isCompletedWithValue(Optional.empty());

        note("s", 1, 60, 0);

        assertThat(index.await("s/a/1000.ts", Duration.ofSeconds(60))).isNotDone();
    }

    @Test
    void knowsWhereARenditionStandsLongerThanItIsInMemory() {
        note("s", 1, 60, 0);
        note("s", 2, 60, 1);

        assertThat(index.inMemory("s/a/1.ts")).isEmpty();
        assertThat(index.inMemory("s/a/2.ts")).isPresent();
        assertThat(index.find("s/a/1.ts"))
                .hasValueSatisfying(
                        place -> {
                            assertThat(place.record().getPartition()).isEqualTo(3);
                            assertThat(place.record().getOffset()).isEqualTo(1);
                            assertThat(place.length()).isEqualTo(60);
                        });
        assertThat(index.find("t/a/1.ts")).isEmpty();
        assertThat(index.find("s/a/1.mp4")).isEmpty();
    }

    @Test
    void forgetsTheOldestAndWhatIsOld() {
        for (int seq = 0; seq < 6; seq++) {
            note("s", seq, 1, seq);
        }
        assertThat(index.find("s/a/1.ts")).isEmpty();
        assertThat(index.find("s/a/2.ts")).isPresent();

        note("t", 0, 1, 60_004);

        assertThat(index.find("s/a/3.ts")).isEmpty();
        assertThat(index.find("s/a/4.ts")).isPresent();
    }

    @Test
    void theSameAnswerTwiceTakesNoMoreMemory() {
        for (int i = 0; i < 10; i++) {
            note("s", 1, 60, i);
        }
        assertThat(index.inMemory("s/a/1.ts")).isPresent();
    }
}
