package org.livepeer.flink.connectors.transcoder.remote;

import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.wire.WireTexts;

/** What an orchestrator is told of a failure; it passes the text on to the gateway unchanged. */
final class ErrorText {
    static final String EMPTY_SEGMENT_DATA = "empty seg data";
    static final String INCOMPATIBLE = "incompatible segment capabilities";
    static final String DURATION = "invalid duration";

    private ErrorText() {}

    /** Of a segment that the engine could not transcode. */
    static String of(TranscodeException e) {
        return WireTexts.of(e.reason()).orElseGet(() -> e.reason().name() + ": " + e.getMessage());
    }
}
