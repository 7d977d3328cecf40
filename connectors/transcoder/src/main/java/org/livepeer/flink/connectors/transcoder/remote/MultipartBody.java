package org.livepeer.flink.connectors.transcoder.remote;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Rendition;

/**
 * Renditions as {@code multipart/mixed}, byte for byte as go-livepeer writes them: one part for
 * each rendition in the order of the profiles, behind it one for its perceptual hash when that was
 * asked for; the headers of a part sorted by name; only renditions have {@code Pixels}. The media
 * are not copied.
 */
final class MultipartBody {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String boundary;
    private final List<ByteBuffer> pieces = new ArrayList<>();

    private MultipartBody(String boundary) {
        this.boundary = boundary;
    }

    /** With a boundary of 20 random hexadecimal digits. */
    static MultipartBody of(Transcoded transcoded, boolean perceptualHash) {
        byte[] random = new byte[10];
        RANDOM.nextBytes(random);
        return of(transcoded, perceptualHash, HexFormat.of().formatHex(random));
    }

    static MultipartBody of(Transcoded transcoded, boolean perceptualHash, String boundary) {
        MultipartBody body = new MultipartBody(boundary);
        for (Rendition rendition : transcoded.renditions()) {
            body.part(
                    contentType(rendition.getFormat()),
                    "Pixels: " + rendition.getPixels() + "\r\n",
                    rendition.getPayload());
            if (perceptualHash) {
                ByteBuffer hash = rendition.getPerceptualHash();
                body.part(
                        "application/octet-stream",
                        "",
                        hash == null ? ByteBuffer.allocate(0) : hash);
            }
        }
        body.text((body.pieces.isEmpty() ? "--" : "\r\n--") + boundary + "--\r\n");
        return body;
    }

    private static String contentType(OutputFormat format) {
        return format == OutputFormat.MP4 ? "video/mp4" : "video/mp2t";
    }

    private void part(String type, String pixels, ByteBuffer content) {
        text(
                (pieces.isEmpty() ? "--" : "\r\n--")
                        + boundary
                        + "\r\nContent-Length: "
                        + content.remaining()
                        + "\r\nContent-Type: "
                        + type
                        + "\r\n"
                        + pixels
                        + "\r\n");
        pieces.add(content.duplicate());
    }

    private void text(String text) {
        pieces.add(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    String contentType() {
        return "multipart/mixed; boundary=" + boundary;
    }

    /** The bytes, with their length known. */
    BodyPublisher publisher() {
        return BodyPublishers.concat(
                pieces.stream().map(MultipartBody::publisher).toArray(BodyPublisher[]::new));
    }

    private static BodyPublisher publisher(ByteBuffer piece) {
        if (piece.hasArray()) {
            return BodyPublishers.ofByteArray(
                    piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
        }
        byte[] copy = new byte[piece.remaining()];
        piece.duplicate().get(copy);
        return BodyPublishers.ofByteArray(copy);
    }
}
