package org.livepeer.flink.connectors.transcoder.remote;

import org.livepeer.flink.operators.transcode.TranscodeException;

/**
 * What an orchestrator is told of a failure. It passes the text on to the gateway unchanged, and
 * the gateway compares: of the texts of lpms it answers its client at once and keeps the
 * orchestrator, after any other one it tries elsewhere. So a failure that lies in the media or in
 * the profiles has the text that lpms has for it, word for word, and no other failure has one of
 * those.
 */
final class ErrorText {
    static final String EMPTY_SEGMENT_DATA = "empty seg data";
    static final String INCOMPATIBLE = "incompatible segment capabilities";
    static final String FORMAT = "unrecognized profile output format";
    static final String PROFILE = "unrecognized encoder profile";
    static final String CODEC = "unrecognized video codec";
    static final String DURATION = "invalid duration";

    static final String INVALID_ARGUMENT = "Invalid argument";
    static final String ENCODER = "Encoder not found";
    static final String RESOLUTION = "TranscoderInvalidResolution";
    static final String GOP = "TranscoderInvalidGOP";
    static final String CLIP = "TranscoderInvalidClipConfig";

    private ErrorText() {}

    /** Of a segment that the engine could not transcode. */
    static String of(TranscodeException e) {
        return switch (e.reason()) {
            case TranscoderInvalidVideo -> "TranscoderInvalidVideo";
            case NoKeyFrame -> "No keyframes in input";
            case UnsupportedMedia -> "Unsupported input codec";
            case TooManyProfiles -> "Too many outputs";
            case InvalidProfile -> INVALID_ARGUMENT;
            case EncodedFramesRunaway -> "Encoded frames runaway";
            // It killed two transcoding processes.
            case QuarantinedInput -> "Unrecoverable state, restart process";
            case InvalidDuration -> "TranscoderInvalidDuration";
            case InvalidClip -> CLIP;
            default -> e.reason().name() + ": " + e.getMessage();
        };
    }
}
