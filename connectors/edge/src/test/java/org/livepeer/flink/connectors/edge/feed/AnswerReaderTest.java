package org.livepeer.flink.connectors.edge.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.livepeer.flink.connectors.edge.playback.Arrival;
import org.livepeer.flink.connectors.edge.playback.Arrival.RenditionArrived;
import org.livepeer.flink.connectors.edge.playback.Arrival.SegmentFailed;
import org.livepeer.flink.connectors.edge.playback.Container;
import org.livepeer.flink.connectors.edge.playback.Content;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.SegmentResult;

class AnswerReaderTest {
    private static final byte[] TS = {0x47, 0x40, 0, 16, 0, 0, 0, 0, 0};

    private final Map<String, String> headers =
            new HashMap<>(
                    Map.of(
                            "livepeer-seq", "7",
                            "livepeer-status", "ok",
                            "livepeer-rendition", "P240p30fps16x9",
                            "livepeer-renditions", "2",
                            "livepeer-duration-ms", "2000",
                            "livepeer-width", "426",
                            "livepeer-height", "240",
                            "livepeer-bitrate", "600000",
                            "livepeer-codecs", "avc1.42c015",
                            "livepeer-pixels", "6134400"));

    @Test
    void readsARawRendition() {
        RenditionArrived arrival = (RenditionArrived) raw("cam", TS).orElseThrow();

        assertThat(arrival.manifest().value()).isEqualTo("cam");
        assertThat(arrival.seq()).isEqualTo(7);
        assertThat(arrival.siblings()).isEqualTo(2);
        assertThat(arrival.durationMs()).isEqualTo(2_000);
        assertThat(arrival.picture().width()).isEqualTo(426);
        assertThat(arrival.picture().frameRate()).isEqualTo(30);
        assertThat(arrival.picture().container()).isEqualTo(Container.MPEG_TS);
        assertThat(arrival.content()).isEqualTo(new Content.Inline(TS));
    }

    @Test
    void readsARawFailure() {
        headers.put("livepeer-status", "InsufficientBalance");
        headers.remove("livepeer-rendition");

        SegmentFailed failure = (SegmentFailed) raw("cam", new byte[0]).orElseThrow();

        assertThat(failure.reason()).isEqualTo("InsufficientBalance");
    }

    @Test
    void readsARenditionInTheStore() {
        headers.put("livepeer-reference", "name");
        headers.put("livepeer-reference-length", "12345");
        headers.put("livepeer-reference-sha256", "ab".repeat(32));
        headers.put("livepeer-format", "MP4");

        RenditionArrived arrival = (RenditionArrived) raw("cam", new byte[0]).orElseThrow();

        assertThat(arrival.content().length()).isEqualTo(12_345);
        assertThat(arrival.picture().container()).isEqualTo(Container.MP4);
    }

    @ParameterizedTest
    @CsvSource({
        "livepeer-seq,-1",
        "livepeer-seq,x",
        "livepeer-seq,99999999999999999999",
        "livepeer-duration-ms,0",
        "livepeer-duration-ms,300001",
        "livepeer-rendition,''",
    })
    void passesOverWhatCannotBePlayed(String header, String value) {
        headers.put(header, value);

        assertThat(raw("cam", TS)).isEmpty();
    }

    @Test
    void passesOverForeignKeysAndMediaThatIsNowhere() {
        assertThat(raw("../etc", TS)).isEmpty();
        assertThat(raw("cam", new byte[0])).isEmpty();
    }

    @Test
    void codecsCannotBreakOutOfThePlaylist() {
        headers.put("livepeer-codecs", "avc1\"\n#EXT-X-KEY:URI=\"http://x\"");

        RenditionArrived arrival = (RenditionArrived) raw("cam", TS).orElseThrow();

        assertThat(arrival.picture().codecs()).isEmpty();
    }

    @Test
    void readsAnAvroAnswerAsItsRenditions() {
        SegmentResult result = result("ok");
        result.setRenditions(List.of(rendition("low"), rendition("high")));

        List<Arrival> arrivals =
                AnswerReader.avro(RecordCodec.of(SegmentResult.class).encode(result));

        assertThat(arrivals).hasSize(2);
        assertThat(arrivals)
                .allSatisfy(a -> assertThat(((RenditionArrived) a).siblings()).isEqualTo(2));
    }

    @Test
    void readsAnAvroFailureAndPassesOverDamage() {
        SegmentResult failed = result("NoKeyFrame");

        assertThat(AnswerReader.avro(RecordCodec.of(SegmentResult.class).encode(failed)))
                .singleElement()
                .isInstanceOf(SegmentFailed.class);
        assertThat(AnswerReader.avro(new byte[] {1, 2, 3})).isEmpty();
        assertThat(AnswerReader.avro(null)).isEmpty();
    }

    private java.util.Optional<Arrival> raw(String key, byte[] value) {
        ConsumerRecord<byte[], byte[]> message =
                new ConsumerRecord<>("renditions", 0, 0, utf8(key), value);
        headers.forEach((name, text) -> message.headers().add(name, utf8(text)));
        return AnswerReader.raw(message);
    }

    private static SegmentResult result(String status) {
        return SegmentResult.newBuilder()
                .setRequestId("r")
                .setManifestId("cam")
                .setSeq(7)
                .setDurationMs(2_000)
                .setStatus(status)
                .setAcceptedAtMs(1)
                .setAnsweredAtMs(2)
                .build();
    }

    private static Rendition rendition(String name) {
        return Rendition.newBuilder()
                .setName(name)
                .setWidth(426)
                .setHeight(240)
                .setFrames(60)
                .setPixels(6_134_400)
                .setBitrate(600_000)
                .setFormat(OutputFormat.MPEGTS)
                .setPayload(ByteBuffer.wrap(TS))
                .build();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
