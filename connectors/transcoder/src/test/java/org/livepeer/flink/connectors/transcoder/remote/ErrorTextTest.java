package org.livepeer.flink.connectors.transcoder.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;

class ErrorTextTest {
    /** A gateway gives a segment up at once after one of these. */
    private static final Set<String> NOT_RETRIED =
            Set.of(
                    "Unsupported input pixel format",
                    "Error initializing filtergraph",
                    "Too many outputs",
                    "Unsupported input codec",
                    "No keyframes in input",
                    "Unrecoverable state, restart process",
                    "Encoded frames runaway",
                    "Decoder not found",
                    "Demuxer not found",
                    "Encoder not found",
                    "Muxer not found",
                    "Option not found",
                    "Invalid argument",
                    "TranscoderInvalidResolution",
                    "TranscoderInvalidVideo",
                    "TranscoderUnrecognizedFormat",
                    "TranscoderUnrecognizedProfile",
                    "TranscoderInvalidGOP",
                    "TranscoderIncompatibleDevices");

    private static String text(Reason reason) {
        return ErrorText.of(new TranscodeException(reason, "detail"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    TranscoderInvalidVideo | TranscoderInvalidVideo
                    NoKeyFrame | No keyframes in input
                    UnsupportedMedia | Unsupported input codec
                    TooManyProfiles | Too many outputs
                    InvalidProfile | Invalid argument
                    EncodedFramesRunaway | Encoded frames runaway
                    QuarantinedInput | Unrecoverable state, restart process
                    """)
    void whatLiesInTheMediaIsNotTriedElsewhere(Reason reason, String text) {
        assertThat(text(reason)).isEqualTo(text).isIn(NOT_RETRIED);
    }

    @Test
    void whatLiesInThisTranscoderIsTriedElsewhere() {
        Set<Reason> ours =
                EnumSet.allOf(Reason.class).stream()
                        .filter(Reason::retryable)
                        .collect(Collectors.toSet());

        assertThat(ours).allSatisfy(reason -> assertThat(text(reason)).isNotIn(NOT_RETRIED));
        assertThat(text(Reason.WorkerCrashed)).isEqualTo("WorkerCrashed: detail");
    }
}
