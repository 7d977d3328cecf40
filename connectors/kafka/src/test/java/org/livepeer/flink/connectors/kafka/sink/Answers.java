package org.livepeer.flink.connectors.kafka.sink;

import java.nio.ByteBuffer;
import java.util.List;
import org.livepeer.flink.schemas.Answer;
import org.livepeer.flink.schemas.AnswerKind;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Rational;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.SegmentResult;

/** What the job has to say, for tests. */
final class Answers {
    private Answers() {}

    static Rendition rendition(String name, byte[] media) {
        return Rendition.newBuilder()
                .setName(name)
                .setWidth(426)
                .setHeight(240)
                .setFrames(60)
                .setPixels(6_134_400)
                .setBitrate(600_000)
                .setFormat(OutputFormat.MPEGTS)
                .setCodecs("avc1.64001e")
                .setPayload(ByteBuffer.wrap(media))
                .build();
    }

    static Answer answer(AnswerKind kind, int partition, Rendition... renditions) {
        return new Answer(
                kind,
                partition,
                SegmentResult.newBuilder()
                        .setRequestId("r1")
                        .setManifestId("stream")
                        .setSeq(7)
                        .setDurationMs(2_000)
                        .setStatus("ok")
                        .setAcceptedAtMs(1)
                        .setAnsweredAtMs(2)
                        .setRenditions(List.of(renditions))
                        .build());
    }

    static Answer failure(String reason, String detail) {
        Answer failed = answer(AnswerKind.RAW, -1);
        failed.getBody().setStatus(reason);
        failed.getBody().setDetail(detail);
        return failed;
    }

    static Receipt receipt(String account) {
        Rational one = new Rational(number(1), number(1));
        return Receipt.newBuilder()
                .setRequestId("r1")
                .setPurchasedAtMs(1)
                .setAccount(account)
                .setCell("default")
                .setManifestId("stream")
                .setSeq(7)
                .setSessionId("s")
                .setWorkerId("w")
                .setSuccess(true)
                .setReason("ok")
                .setPixels(100)
                .setPrice(one)
                .setAcceptedAtMs(1)
                .setAnsweredAtMs(2)
                .build();
    }

    private static ByteBuffer number(int value) {
        return ByteBuffer.wrap(new byte[] {(byte) value});
    }
}
