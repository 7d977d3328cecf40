package org.livepeer.flink.connectors.edge.feed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.playback.Arrival;
import org.livepeer.flink.connectors.edge.playback.Arrival.RenditionArrived;
import org.livepeer.flink.connectors.edge.playback.Arrival.SegmentFailed;
import org.livepeer.flink.connectors.edge.playback.Container;
import org.livepeer.flink.connectors.edge.playback.Content;
import org.livepeer.flink.connectors.edge.playback.ManifestId;
import org.livepeer.flink.connectors.edge.playback.Picture;
import org.livepeer.flink.connectors.edge.playback.RenditionName;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.SegmentResult;
import org.livepeer.flink.schemas.StoreReference;

/**
 * Reads answers from {@code renditions} (raw, described by headers) and {@code results} (Avro).
 * What is no answer that can be played or counted gives nothing.
 */
public final class AnswerReader {
    private static final String OK = "ok";
    private static final Pattern CODECS = Pattern.compile("[A-Za-z0-9.,]{1,128}");
    private static final long LONGEST_MS = 300_000;
    private static final int MOST_SIBLINGS = 64;

    private AnswerReader() {}

    /** A raw answer: at most one arrival. */
    public static Optional<Arrival> raw(ConsumerRecord<byte[], byte[]> message) {
        byte @Nullable [] key = message.key();
        OptionalLong seq = number(message, "livepeer-seq");
        if (key == null || seq.isEmpty()) {
            return Optional.empty();
        }
        Optional<ManifestId> manifest = ManifestId.parse(new String(key, StandardCharsets.UTF_8));
        if (manifest.isEmpty()) {
            return Optional.empty();
        }
        String status = text(message, "livepeer-status");
        if (!status.equals(OK)) {
            return Optional.of(new SegmentFailed(manifest.get(), seq.getAsLong(), reason(status)));
        }
        String profile = text(message, "livepeer-rendition");
        Optional<Content> content = content(message);
        long durationMs = number(message, "livepeer-duration-ms").orElse(0);
        if (profile.isEmpty() || content.isEmpty() || durationMs < 1 || durationMs > LONGEST_MS) {
            return Optional.empty();
        }
        Container container = container(message, content.get());
        int siblings = (int) number(message, "livepeer-renditions").orElse(0);
        return Optional.of(
                new RenditionArrived(
                        manifest.get(),
                        seq.getAsLong(),
                        RenditionName.of(profile),
                        picture(
                                number(message, "livepeer-width").orElse(0),
                                number(message, "livepeer-height").orElse(0),
                                number(message, "livepeer-bitrate").orElse(0),
                                text(message, "livepeer-codecs"),
                                number(message, "livepeer-pixels").orElse(0),
                                durationMs,
                                container),
                        durationMs,
                        Math.min(siblings, MOST_SIBLINGS),
                        content.get()));
    }

    /** An Avro answer: one arrival per rendition, or a failure; nothing when it is damaged. */
    public static List<Arrival> avro(byte @Nullable [] value) {
        SegmentResult result;
        try {
            result =
                    RecordCodec.of(SegmentResult.class).decode(value == null ? new byte[0] : value);
        } catch (RecordCodec.UndecodableException e) {
            return List.of();
        }
        Optional<ManifestId> manifest = ManifestId.parse(result.getManifestId());
        if (manifest.isEmpty() || result.getSeq() < 0) {
            return List.of();
        }
        if (!result.getStatus().equals(OK)) {
            return List.of(
                    new SegmentFailed(manifest.get(), result.getSeq(), reason(result.getStatus())));
        }
        long durationMs = result.getDurationMs();
        if (durationMs < 1 || durationMs > LONGEST_MS) {
            return List.of();
        }
        List<Arrival> arrivals = new ArrayList<>();
        for (Rendition rendition : result.getRenditions()) {
            arrivals.add(
                    new RenditionArrived(
                            manifest.get(),
                            result.getSeq(),
                            RenditionName.of(rendition.getName()),
                            picture(
                                    rendition.getWidth(),
                                    rendition.getHeight(),
                                    rendition.getBitrate(),
                                    rendition.getCodecs(),
                                    rendition.getPixels(),
                                    durationMs,
                                    rendition.getFormat() == OutputFormat.MP4
                                            ? Container.MP4
                                            : Container.MPEG_TS),
                            durationMs,
                            result.getRenditions().size(),
                            content(rendition)));
        }
        return arrivals;
    }

    private static Content content(Rendition rendition) {
        StoreReference reference = rendition.getReference();
        if (reference != null) {
            return new Content.Stored(reference);
        }
        byte[] bytes = new byte[rendition.getPayload().remaining()];
        rendition.getPayload().duplicate().get(bytes);
        return new Content.Inline(bytes);
    }

    private static Optional<Content> content(ConsumerRecord<byte[], byte[]> message) {
        byte @Nullable [] value = message.value();
        if (value != null && value.length > 0) {
            return Optional.of(new Content.Inline(value));
        }
        String name = text(message, "livepeer-reference");
        OptionalLong length = number(message, "livepeer-reference-length");
        String hash = text(message, "livepeer-reference-sha256");
        if (name.isEmpty() || length.isEmpty() || !hash.matches("[0-9a-f]{64}")) {
            return Optional.empty();
        }
        ByteBuffer sha256 = ByteBuffer.wrap(HexFormat.of().parseHex(hash));
        return Optional.of(
                new Content.Stored(new StoreReference(name, length.getAsLong(), sha256)));
    }

    private static Container container(ConsumerRecord<byte[], byte[]> message, Content content) {
        String format = text(message, "livepeer-format");
        if (format.isEmpty() && content instanceof Content.Inline inline) {
            return Container.of(inline.bytes());
        }
        return format.equals("MP4") ? Container.MP4 : Container.MPEG_TS;
    }

    private static Picture picture(
            long width,
            long height,
            long bitrate,
            String codecs,
            long pixels,
            long durationMs,
            Container container) {
        double frames = width * height > 0 ? (double) pixels / (width * height) : 0;
        double frameRate = frames * 1000 / durationMs;
        return new Picture(
                (int) width,
                (int) height,
                (int) bitrate,
                CODECS.matcher(codecs).matches() ? codecs : "",
                frameRate < 1000 ? frameRate : 0,
                container);
    }

    private static String reason(String status) {
        return status.matches("[A-Za-z0-9_.-]{1,64}") ? status : "InternalError";
    }

    private static OptionalLong number(ConsumerRecord<byte[], byte[]> message, String header) {
        String text = text(message, header);
        return text.matches("\\d{1,18}")
                ? OptionalLong.of(Long.parseLong(text))
                : OptionalLong.empty();
    }

    private static String text(ConsumerRecord<byte[], byte[]> message, String header) {
        Header last = message.headers().lastHeader(header);
        return last == null || last.value() == null
                ? ""
                : new String(last.value(), StandardCharsets.UTF_8);
    }
}
