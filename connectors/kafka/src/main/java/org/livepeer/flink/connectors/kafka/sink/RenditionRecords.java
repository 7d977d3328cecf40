package org.livepeer.flink.connectors.kafka.sink;

import java.util.List;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;
import org.livepeer.flink.schemas.Answer;
import org.livepeer.flink.schemas.AnswerKind;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.SegmentResult;

/** Parts a raw answer into one answer per rendition; a failure stays one. */
public final class RenditionRecords implements FlatMapFunction<Answer, Answer> {
    private static final long serialVersionUID = 1L;

    @Override
    public void flatMap(Answer answer, Collector<Answer> out) {
        if (answer.getKind() != AnswerKind.RAW) {
            return;
        }
        SegmentResult body = answer.getBody();
        List<Rendition> renditions = body.getRenditions();
        if (renditions.isEmpty()) {
            out.collect(answer);
            return;
        }
        for (Rendition rendition : renditions) {
            SegmentResult one =
                    new SegmentResult(
                            body.getRequestId(),
                            body.getManifestId(),
                            body.getSeq(),
                            body.getDurationMs(),
                            body.getStatus(),
                            // How many there are travels with each: a reader knows when it has all.
                            Integer.toString(renditions.size()),
                            body.getWorkerId(),
                            body.getDecodedPixels(),
                            body.getAcceptedAtMs(),
                            body.getAnsweredAtMs(),
                            List.of(rendition),
                            body.getReplyTag());
            out.collect(new Answer(AnswerKind.RAW, -1, one));
        }
    }
}
