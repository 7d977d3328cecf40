package org.livepeer.flink.operators.wire;

import java.util.Arrays;
import java.util.Optional;
import org.livepeer.flink.operators.Reason;

/**
 * The texts that lpms has for what lies in the media or in what is asked for, word for word.
 * Gateways compare: after one of these they answer their client at once and keep the orchestrator,
 * after any other text they try elsewhere. So no other failure has one of them.
 */
public final class WireTexts {
    public static final String INVALID_VIDEO = "TranscoderInvalidVideo";
    public static final String INVALID_ARGUMENT = "Invalid argument";
    public static final String TOO_MANY = "Too many outputs";

    static final String ENCODER = "Encoder not found";
    static final String RESOLUTION = "TranscoderInvalidResolution";
    static final String GOP = "TranscoderInvalidGOP";
    static final String CLIP = "TranscoderInvalidClipConfig";

    private WireTexts() {}

    /** Of a failure that lies in the media or in what is asked for; nothing for any other. */
    public static Optional<String> of(Reason reason) {
        return Optional.ofNullable(
                switch (reason) {
                    case TranscoderInvalidVideo, EmptySegment -> INVALID_VIDEO;
                    case NoKeyFrame -> "No keyframes in input";
                    case UnsupportedMedia -> "Unsupported input codec";
                    case TooManyProfiles -> TOO_MANY;
                    case InvalidProfile, UnknownProfile, InvalidSeq -> INVALID_ARGUMENT;
                    case EncodedFramesRunaway -> "Encoded frames runaway";
                    // It killed two transcoding processes.
                    case QuarantinedInput -> "Unrecoverable state, restart process";
                    case InvalidDuration -> "TranscoderInvalidDuration";
                    case InvalidClip -> CLIP;
                    default -> null;
                });
    }

    /** The failure behind a transcoder's text; nothing for a text that does not blame the media. */
    public static Optional<Reason> reason(String text) {
        return Arrays.stream(Reason.values())
                .filter(reason -> of(reason).filter(text::equals).isPresent())
                .reduce((special, general) -> general);
    }
}
