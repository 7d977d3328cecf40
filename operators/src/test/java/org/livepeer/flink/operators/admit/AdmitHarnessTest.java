package org.livepeer.flink.operators.admit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.Requests;
import org.livepeer.flink.operators.segment.HeldMedia;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.TopicRecord;

class AdmitHarnessTest {
    private static final Map<String, String> HEADERS =
            Map.of(
                    "livepeer-seq", "1",
                    "livepeer-duration-ms", "2000",
                    "livepeer-profiles", "P240p30fps16x9");

    @Test
    void mediaStayInThisProcessAndTheRequestNamesIt() throws Exception {
        byte[] media = {0x47, 1, 2, 3};
        TopicRecord push = Requests.raw("cam", HEADERS, media);

        Request request = admitted(push, AdmitOptions.defaults());

        assertThat(request.getPayload().remaining()).isZero();
        assertThat(request.getHeldBy()).isEqualTo(HeldMedia.here().process());
        assertThat(HeldMedia.here().find(push.getOrigin())).isEqualTo(ByteBuffer.wrap(media));
    }

    @Test
    void largeMediaIsNotHeldAndTheRequestNamesNobody() throws Exception {
        TopicRecord push = Requests.raw("cam", HEADERS, new byte[101]);
        HeldMedia.here().drop(push.getOrigin());

        Request request = admitted(push, new AdmitOptions(100, 1_000, 30_000, "main"));

        assertThat(request.getHeldBy()).isEmpty();
        assertThat(HeldMedia.here().find(push.getOrigin())).isNull();
    }

    private static Request admitted(TopicRecord push, AdmitOptions options) throws Exception {
        try (var harness =
                ProcessFunctionTestHarnesses.forProcessFunction(
                        new IntakeFunction(options, () -> Requests.SECRET))) {
            harness.processElement(push, 0);
            return harness.extractOutputValues().get(0).getRequest();
        }
    }
}
